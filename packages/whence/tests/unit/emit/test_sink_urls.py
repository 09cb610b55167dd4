from __future__ import annotations

import pytest

from whence.emit import SinkSettings, settings_from
from whence.emit._sink_urls import options_of, split_urls
from whence.errors import ConfigError


def sinks(text, **more):
    return settings_from({"sinks": text, **more}).sinks


def test_the_commas_between_brokers_are_no_commas_between_sinks():
    text = "http://a:8300, kafka://b:9092,c:9092,d/topic, file:x.jsonl,kafka://e,console:, kafka://f:1,console"
    expected = ["http://a:8300", "kafka://b:9092,c:9092,d/topic", "file:x.jsonl", "kafka://e", "console:"]
    assert split_urls(text) == [*expected, "kafka://f:1", "console"]
    assert split_urls("kafka://a:1,b:2,s3://bucket/x") == ["kafka://a:1,b:2", "s3://bucket/x"]


def test_a_kafka_url():
    assert sinks("kafka://a:9092,b:9092") == (
        SinkSettings(url="kafka://a:9092,b:9092/openlineage.events", kind="kafka"),
    )
    (sink,) = sinks("kafka://a/own.topic?security.protocol=SSL&client.id=my%20app")
    assert (sink.url, sink.options) == ("kafka://a/own.topic", {"security.protocol": "SSL", "client.id": "my app"})


def test_settings_for_every_kafka_sink_yield_to_those_of_one():
    first, second = sinks(["kafka://a?linger.ms=1", "kafka://b"], kafka="linger.ms=9&acks=all", timeout_s=3, gzip=False)
    assert first.options == {"linger.ms": "1", "acks": "all"}
    assert second.options == {"linger.ms": "9", "acks": "all"}
    assert (first.timeout_s, first.gzip) == (3, False)


def test_a_table_of_kafka_settings_is_read_from_arguments_and_the_environment():
    assert sinks("kafka://a", kafka={"enable.idempotence": True})[0].options == {"enable.idempotence": "true"}
    environ = {"WHENCE_SINKS": "kafka://a", "WHENCE_KAFKA": '{"sasl.password": "a&b=c"}'}
    assert settings_from({}, environ).sinks[0].options == {"sasl.password": "a&b=c"}


def test_a_plus_sign_of_a_password_stays():
    assert options_of("kafka", "sasl.password=a+b%26") == {"sasl.password": "a+b&"}


@pytest.mark.parametrize("given", ["novalue", "=x", '{"a":', 5])
def test_client_settings_that_cannot_be_read_are_refused_and_not_shown(given):
    with pytest.raises(ConfigError) as caught:
        options_of("kafka", given)
    assert caught.value.value is None
    assert "novalue" not in str(caught.value)


def test_secrets_are_nowhere_to_be_seen():
    settings = settings_from(
        {"sinks": "kafka://me:ge%40heim@a:9092/t?ssl.key.password=zweites", "kafka": "sasl.password=drittes"}
    )
    assert settings.sinks[0].options["sasl.username"] == "me"
    assert settings.sinks[0].options["sasl.password"] == "ge@heim"
    said = repr(settings) + str(settings.rows()) + settings.sinks[0].url + settings.spool_dir
    assert not any(secret in said for secret in ("ge@heim", "ge%40heim", "zweites", "drittes", "sasl"))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("s3://bucket/a/b/?endpoint_url=http://x", "s3://bucket/a/b"),
        ("gs://bucket", "gs://bucket"),
        ("memory://lineage/x", "memory://lineage/x"),
        ("abfss://box@account.dfs.core.windows.net/x", "abfss://box@account.dfs.core.windows.net/x"),
        ("folder+sftp://host/x", "folder+sftp://host/x"),
        ("folder+file:///var/../tmp/lineage/", "folder+file:///tmp/lineage"),
    ],
)
def test_a_folder_url(text, url):
    (sink,) = sinks(text)
    assert (sink.url, sink.kind) == (url, "folder")


@pytest.mark.parametrize(
    "text",
    ["kafka://", "kafka:///topic", "kafka://a/b/c", "s3:///prefix", "folder+file://host/x", "folder+file://"],
)
def test_a_url_that_names_no_place_is_refused(text):
    with pytest.raises(ConfigError):
        sinks(text)


def test_credentials_in_the_url_of_a_store_are_refused_and_not_shown():
    with pytest.raises(ConfigError) as caught:
        sinks("s3://key:geheim@bucket/x")
    assert "geheim" not in str(caught.value)


def test_one_place_with_two_sets_of_parameters_is_refused():
    assert len(sinks("s3://b/x?a=1,s3://b/x?a=1")) == 1
    with pytest.raises(ConfigError, match="twice"):
        sinks("s3://b/x?a=1,s3://b/x?a=2")
