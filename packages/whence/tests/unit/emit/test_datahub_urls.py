from __future__ import annotations

import pytest

from whence.emit import settings_from
from whence.emit._datahub_urls import datahub_of, env_of, gms_url_of
from whence.emit.sinks import sink_key
from whence.errors import ConfigError


def sinks(**environ):
    return settings_from({}, environ).sinks


def test_a_url_holds_the_place_the_options_and_no_secret():
    sink = datahub_of("sinks", "datahub+https://abc.d-f@Acme.acryl.io/gms/?env=dev&platform_instance.s3=&async=false")
    assert sink.url == "datahub+https://acme.acryl.io/gms?env=DEV&platform_instance.s3=&async=false"
    assert sink.options == {"env": "DEV", "platform_instance.s3": "", "async": "false"}
    assert (sink.kind, sink.authorization) == ("datahub+https", "Bearer abc.d-f")
    assert datahub_of("sinks", "datahub+http://[::1]:8080").url == "datahub+http://[::1]:8080"
    assert datahub_of("sinks", "datahub+http://me:pw@h").authorization == "Basic bWU6cHc="


def test_one_server_with_two_environments_is_two_sinks():
    first, second = sinks(WHENCE_SINKS="datahub+http://gms:8080,datahub+http://gms:8080?env=DEV")
    assert (first.options["env"], second.options["env"]) == ("PROD", "DEV")
    assert sink_key(first) != sink_key(second)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("datahub+http://", "names no host"),
        ("datahub+ftp://h", "names no host"),
        ("datahub+http://me:s3cret@h:x", "cannot be read"),
        ("datahub+http://h?envv=DEV", "unknown part 'envv'"),
        ("datahub+http://h?env.x=DEV", "unknown part 'env.x'"),
        ("datahub+http://h?async=1", "true or false"),
        ("datahub+http://h?env=PRODD", "did you mean PROD"),
    ],
)
def test_a_wrong_url_says_what_is_wrong_and_no_password(url, said):
    with pytest.raises(ConfigError, match=said) as caught:
        datahub_of("sinks", url)
    assert "s3cret" not in str(caught.value)


def test_the_names_that_datahub_users_know_are_understood():
    settings = settings_from(
        {},
        {
            "DATAHUB_GMS_URL": "http://gms:8080/",
            "DATAHUB_GMS_TOKEN": "s3cret",
            "DATAHUB_ENV": "STAGING",
            "DATAHUB_SILENT_FAIL": "false",
        },
    )
    (sink,) = settings.sinks
    assert (sink.url, sink.options, sink.authorization) == ("datahub+http://gms:8080", {"env": "STG"}, "Bearer s3cret")
    assert [warning.split()[0] for warning in settings.warnings] == ["DATAHUB_ENV", "DATAHUB_SILENT_FAIL"]
    assert "s3cret" not in repr(settings) + str(settings.rows())


@pytest.mark.parametrize("silent", ["true", "1", ""])
def test_what_needs_no_remark_gets_none(silent):
    environ = {"DATAHUB_GMS_URL": "http://gms", "DATAHUB_ENV": "qa", "DATAHUB_SILENT_FAIL": silent}
    assert settings_from({}, environ).warnings == ()


def test_our_own_names_come_first_and_a_name_not_used_is_said():
    environ = {"DATAHUB_GMS_URL": "http://gms:8080", "OPENLINEAGE_URL": "http://marquez:5000"}
    settings = settings_from({}, environ)
    assert [sink.kind for sink in settings.sinks] == ["http"]
    assert "DATAHUB_GMS_URL is not used" in settings.warnings[0]
    both = settings_from({}, {**environ, "WHENCE_SINKS": "http://a,datahub+http://b"})
    assert [sink.kind for sink in both.sinks] == ["http", "datahub+http"]
    assert both.warnings == ()


def test_a_token_goes_to_its_own_server_only():
    environ = {"DATAHUB_GMS_URL": "http://GMS:8080", "DATAHUB_GMS_TOKEN": "s3cret"}
    mine, other = sinks(**environ, WHENCE_SINKS="datahub+http://gms:8080?env=DEV,datahub+http://other:8080")
    assert (mine.authorization, other.authorization) == ("Bearer s3cret", None)
    (alone,) = sinks(DATAHUB_GMS_TOKEN="s3cret", WHENCE_SINKS="datahub+http://other:8080")
    assert alone.authorization == "Bearer s3cret"
    (whence,) = sinks(DATAHUB_GMS_TOKEN="s3cret", WHENCE_SINKS="http://other:8300")
    assert whence.authorization is None
    (said,) = sinks(DATAHUB_GMS_TOKEN="s3cret", WHENCE_SINKS="datahub+http://own@other:8080")
    assert said.authorization == "Bearer own"


def test_the_key_of_openlineage_servers_stays_with_them():
    (sink,) = sinks(WHENCE_API_KEY="s3cret", WHENCE_SINKS="datahub+http://gms:8080")
    assert sink.authorization is None


@pytest.mark.parametrize(
    ("word", "env"), [("prod", "PROD"), ("Staging", "STG"), ("production", "PROD"), (" UAT ", "UAT")]
)
def test_an_environment_is_read_in_any_case(word, env):
    assert env_of("datahub_env", word) == env


def test_a_word_that_is_no_environment_is_refused():
    with pytest.raises(ConfigError, match="known are: CERT"):
        env_of("datahub_env", "??")


@pytest.mark.parametrize(
    "url", ["http://gms:8080", "http://gms:8080/", "http://gms:8080/config", "datahub+http://gms:8080"]
)
def test_old_spellings_of_the_servers_address_are_read(url):
    assert gms_url_of(url) == "datahub+http://gms:8080"


def test_time_outs_are_the_settings():
    (sink,) = settings_from({"sinks": "datahub+http://gms:8080", "timeout_s": 3.0}).sinks
    assert sink.timeout_s == 3.0
