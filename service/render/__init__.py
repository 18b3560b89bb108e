"""What the commands print for people: tables that fit the screen, colours only where a terminal shows them."""
