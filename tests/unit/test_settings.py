from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import CHECKOUT, SETTINGS, Settings, SettingsError, default_data_dir, manual, redacted


def test_every_field_stands_in_the_table_of_settings_and_every_row_is_a_field() -> None:
    assert sorted(setting.field for setting in SETTINGS) == sorted(Settings.__struct_fields__)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_the_defaults_shown_are_the_defaults_used() -> None:
    settings = Settings.from_env({})
    for setting in SETTINGS:
        if setting.field not in {"database_url", "data_dir", "law_dir"}:
            assert str(getattr(settings, setting.field)) == setting.default
    assert settings.database_url is None
    assert settings.law_dir.parts[-2:] == ("db", "law")


def test_the_page_of_the_manual_is_the_generated_one() -> None:
    assert (CHECKOUT / "docs" / "settings.md").read_text() == manual(), "run: make docs"


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_env({"PORT": " ", "DATABASE_URL": ""}) == Settings.from_env({})


def test_values_are_read(tmp_path: Path) -> None:
    environ = {
        "DATABASE_URL": "postgresql://strata@db:5433/strata",
        "PORT": "9000",
        "STRATA_HOST": "0.0.0.0",  # noqa: S104
        "STRATA_WORKERS": "2",
        "STRATA_DATA_DIR": str(tmp_path / "later"),
        "STRATA_LAW_DIR": str(tmp_path),
        "STRATA_POLL_SECONDS": "1",
        "STRATA_CACHE_ANSWERS": "0",
        "STRATA_LOG_LEVEL": "WARNING",
        "HOME": "/nowhere",
    }
    settings = Settings.from_env(environ)
    assert settings.database_url == environ["DATABASE_URL"]
    assert (settings.port, settings.workers, settings.poll_seconds, settings.cache_answers) == (9000, 2, 1, 0)
    assert (settings.data_dir, settings.law_dir) == (tmp_path / "later", tmp_path)
    assert settings.log_level == "warning"


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "8_000", "from 1 to 65535"),
        ("PORT", "٨٠", "from 1 to 65535"),
        ("STRATA_WORKERS", "2.5", "from 1 to 64"),
        ("STRATA_WORKERS", "-1", "from 1 to 64"),
        ("STRATA_HOST", "http://here", "address or host name"),
        ("STRATA_DATA_DIR", "relative/path", "absolute path"),
        ("STRATA_LAW_DIR", "/does/not/exist", "existing directory"),
        ("STRATA_LOG_LEVEL", "loud", "one of debug, info"),
        ("DATABASE_URL", "mysql://db/strata", "postgresql://"),
        ("DATABASE_URL", "postgresql://db:port/strata", "postgresql://"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(name: str, value: str, right: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert str(caught.value).startswith(f"{name} is {value!r}; it should be ")
    assert right in str(caught.value)


def test_a_misspelt_setting_is_refused_with_the_near_name() -> None:
    with pytest.raises(SettingsError, match="STRATA_WORKRES is not a setting of Strata; did you mean STRATA_WORKERS"):
        Settings.from_env({"STRATA_WORKRES": "2"})
    with pytest.raises(SettingsError, match="known are DATABASE_URL"):
        Settings.from_env({"STRATA_ZZZZZZZZZZZZZZZZ": "2"})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://strata:se:c@ret@db/strata", "postgresql://strata:***@db/strata"),
        ("postgresql://strata@/strata?host=/run/x&port=1", "postgresql://strata@/strata?host=/run/x&port=1"),
        ("postgresql://db/strata?user=a&password=secret", "postgresql://db/strata?user=a&password=***"),
        ("postgresql://db/strata?sslpassword=secret", "postgresql://db/strata?sslpassword=***"),
        ("host=db password=secret", "***"),
        ("postgresql://[half:secret@db/strata", "***"),
    ],
)
def test_passwords_are_never_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown


def test_neither_the_representation_nor_an_error_shows_a_password() -> None:
    settings = Settings.from_env({"DATABASE_URL": "postgresql://strata:secret@db/strata"})
    assert "secret" not in repr(settings)
    assert "postgresql://strata:***@db/strata" in repr(settings)
    for bad in ("mysql://strata:secret@db/strata", "host=db password=secret", "postgres://a:secret@db:x/"):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({"DATABASE_URL": bad})
        assert "secret" not in str(caught.value)


def test_private_clusters_live_in_the_users_data_directory_and_roots_where_others_can_pass() -> None:
    assert default_data_dir({}, is_root=True) == Path("/var/lib/strata")
    assert default_data_dir({"XDG_DATA_HOME": "/home/a/data"}, is_root=False) == Path("/home/a/data/strata")
    assert default_data_dir({"XDG_DATA_HOME": "data"}, is_root=False).parts[-3:] == (
        ".local",
        "share",
        "strata",
    )
