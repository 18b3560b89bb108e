"""Everyday words for goods, in the words that tariff schedules use instead.

Nothing is decided by them: they only widen a search. A phrase stands for the word beside the word itself.
"""

from __future__ import annotations

from typing import Final

_COMPUTER: Final = "automatic data processing machines"
_PORTABLE: Final = "portable automatic data processing machines keyboard display"
_PHONE: Final = "smartphones telephones cellular networks"
_TELEVISION: Final = "television reception apparatus color"
_REFRIGERATOR: Final = "household refrigerators"
_SHOES: Final = "footwear"
_SPORT_SHOES: Final = "sports footwear tennis basketball gym training shoes"
_CAR: Final = "motor cars vehicles transport persons"
_SOLAR: Final = "photovoltaic cells assembled modules panels"
_CHIP: Final = "electronic integrated circuits"
_STORAGE: Final = "solid-state non-volatile storage devices"
_SOFA: Final = "seats upholstered frames"
_EARPHONES: Final = "headphones earphones"
_TRUCK: Final = "motor vehicles transport of goods"
_MAIZE: Final = "corn maize"
_SOY: Final = "soybeans"

EVERYDAY: Final[dict[str, str]] = {
    "aircon": "air conditioning machines",
    "aubergine": "eggplants",
    "automobile": _CAR,
    "bicycle": "bicycles",
    "bike": "bicycles",
    "bra": "brassieres",
    "calculator": "calculating machines",
    "car": _CAR,
    "cellphone": _PHONE,
    "charger": "static converters power supplies",
    "chip": _CHIP,
    "computer": _COMPUTER,
    "couch": _SOFA,
    "courgette": "squash courgettes",
    "denim": "denim trousers",
    "desktop": _COMPUTER,
    "dishwasher": "dish washing machines",
    "dress": "dresses",
    "drone": "unmanned aircraft",
    "dryer": "clothes dryers drying machines",
    "dumbbell": "exercise equipment gymnastics",
    "earbud": _EARPHONES,
    "ebike": "cycles electric motor propulsion",
    "fridge": _REFRIGERATOR,
    "furniture": "furniture",
    "groundnut": "peanuts",
    "handbag": "handbags",
    "handphone": _PHONE,
    "headset": _EARPHONES,
    "hoodie": "sweatshirts pullovers",
    "jeans": "blue denim trousers",
    "jumper": "sweaters pullovers",
    "lamp": "luminaires lighting fittings lamps",
    "laptop": _PORTABLE,
    "loudspeaker": "loudspeakers",
    "lorry": _TRUCK,
    "maize": _MAIZE,
    "microchip": _CHIP,
    "microwave": "microwave ovens",
    "mobile": _PHONE,
    "motorbike": "motorcycles",
    "nappy": "diapers",
    "notebook": _PORTABLE,
    "pants": "trousers",
    "pc": _COMPUTER,
    "petrol": "motor fuel gasoline",
    "phone": _PHONE,
    "pickup": _TRUCK,
    "plane": "airplanes aircraft",
    "powerbank": "lithium-ion storage batteries",
    "processor": "processors controllers electronic integrated circuits",
    "pyjamas": "pajamas nightwear",
    "refrigerator": _REFRIGERATOR,
    "scooter": "scooters motorcycles electric",
    "semiconductor": "semiconductor devices electronic integrated circuits",
    "shoe": _SHOES,
    "sneaker": _SPORT_SHOES,
    "sofa": _SOFA,
    "solar": _SOLAR,
    "soya": _SOY,
    "ssd": _STORAGE,
    "stroller": "baby carriages",
    "suv": _CAR,
    "sweater": "sweaters pullovers",
    "tablet": _PORTABLE,
    "television": _TELEVISION,
    "trainer": _SPORT_SHOES,
    "truck": _TRUCK,
    "tv": _TELEVISION,
    "tyre": "pneumatic tires rubber",
    "usb": _STORAGE,
    "vacuum": "vacuum cleaners",
    "vape": "electronic cigarettes",
    "watch": "wrist watches",
    "webcam": "television cameras digital",
    "windmill": "wind-powered generating sets",
    "yarn": "yarn",
}
"""Word -> phrase of the schedules; words in the singular."""
