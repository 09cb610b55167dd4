"""The Athena hook without botocore: what is kept, for how long, and for whom it is told."""

from __future__ import annotations

import gc
import threading
import time
import tracemalloc
import uuid
import weakref
from types import SimpleNamespace

import pytest

import whence
from whence.hooks._aws import athena as hook
from whence.hooks._aws.athena import Athena


class RefusedError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class Client:
    """A client of Athena: `queries` is id -> statement and state, as its server has them."""

    def __init__(self, service="athena", region="us-east-1", credentials=None):
        model = SimpleNamespace(service_name=service)
        self.meta = SimpleNamespace(region_name=region, partition="aws", service_model=model, endpoint_url="http://x")
        self._request_signer = SimpleNamespace(_credentials=credentials or SimpleNamespace(access_key="AK"))
        self.queries = {}
        self.asked = []
        self.refusals = {}
        self.scanned = None

    def start(self, text="INSERT INTO b SELECT x FROM a", state="SUCCEEDED"):
        query_id = str(uuid.uuid4())
        self.queries[query_id] = (text, state)
        return query_id

    def told(self, query_id):
        text, state = self.queries[query_id]
        return {
            "QueryExecutionId": query_id,
            "Query": text,
            "Status": {"State": state},
            "QueryExecutionContext": {"Database": "d"},
            "Statistics": {} if self.scanned is None else {"DataScannedInBytes": self.scanned},
        }

    def batch_get_query_execution(self, *, QueryExecutionIds):  # noqa: N803  AWS's names
        self.asked.append(len(QueryExecutionIds))
        if self.refusals.get("batch"):
            raise self.refusals["batch"].pop() if isinstance(self.refusals["batch"], list) else self.refusals["batch"]
        known = [each for each in QueryExecutionIds if each in self.queries]
        missing = [{"QueryExecutionId": each} for each in QueryExecutionIds if each not in known]
        return {"QueryExecutions": [self.told(each) for each in known], "UnprocessedQueryExecutionIds": missing}

    def get_query_execution(self, *, QueryExecutionId):  # noqa: N803
        if "single" in self.refusals:
            raise self.refusals["single"]
        if QueryExecutionId not in self.queries:
            raise RefusedError("InvalidRequestException")
        return {"QueryExecution": self.told(QueryExecutionId)}


@pytest.fixture
def athena(collected, monkeypatch):
    monkeypatch.setattr("whence.hooks._aws.athena_looks._FIRST_PAUSE_S", 0.01)
    made = Athena()
    yield made
    made.close(0)


@pytest.fixture
def client():
    return Client()


def start(athena, client, *args, **more):
    query_id = client.start(*args, **more)
    athena.called(client, "StartQueryExecution", {}, {"QueryExecutionId": query_id})
    return query_id


def poll(athena, client, query_id):
    athena.called(client, "GetQueryExecution", {}, {"QueryExecution": client.told(query_id)})


def name(table):
    return f"awsdatacatalog.d.{table}"


class TestPolled:
    def test_success_is_told_once(self, athena, client, collected):
        with whence.job("j"):
            query_id = start(athena, client)
            for _ in range(3):
                poll(athena, client, query_id)
        assert collected.names("j") == ({name("a")}, {name("b")})
        assert client.asked == []
        assert not athena._pending

    def test_open_states_are_waited_for(self, athena, client, collected):
        with whence.job("j"):
            query_id = start(athena, client)
            for state in ("QUEUED", "RUNNING", "A_STATE_OF_TOMORROW"):
                client.queries[query_id] = ("SELECT x FROM a", state)
                poll(athena, client, query_id)
            assert len(athena._pending) == 1
            client.queries[query_id] = ("SELECT x FROM a", "SUCCEEDED")
            poll(athena, client, query_id)
        assert collected.names("j") == ({name("a")}, set())

    def test_same_statement_twice_is_one_fact(self, athena, client, collected):
        with whence.job("j"):
            ids = [start(athena, client) for _ in range(2)]
            told = {"QueryExecutions": [client.told(each) for each in ids]}
            athena.called(client, "BatchGetQueryExecution", {}, told)
        assert collected.names("j") == ({name("a")}, {name("b")})

    def test_outside_of_runs_nothing_is_kept(self, athena, client):
        start(athena, client)
        assert not athena._pending

    def test_one_answer_that_is_no_answer_does_not_cost_the_others(self, athena, client, collected):
        with whence.job("j"):
            told = [client.told(start(athena, client, f"INSERT INTO b{n} SELECT x FROM a")) for n in range(3)]
            del told[1]["Query"]
            athena.called(client, "BatchGetQueryExecution", {}, {"QueryExecutions": told})
        assert collected.names("j")[1] == {name("b0"), name("b2")}

    def test_nonsense_is_counted_and_never_raised(self, athena, client, collected, caplog):
        with whence.job("j"):
            for _ in range(30):
                athena.called(client, "StartQueryExecution", None, {})
                athena.called(client, "GetQueryExecution", {}, {"QueryExecution": None})
                athena.called(client, "GetTable", {}, {"Table": {}})
        collected.events()
        assert athena.failures == 20  # then it is off
        assert len([each for each in caplog.records if "Athena hook failed" in each.getMessage()]) == 1


class TestSizes:
    def sizes(self, collected):
        inputs = collected.end("j")["inputs"]
        return {each["name"]: each.get("inputFacets", {}).get("inputStatistics", {}).get("size") for each in inputs}

    def test_bytes_scanned_belong_to_the_only_table_that_was_read(self, athena, client, collected):
        client.scanned = 1000
        with whence.job("j"):
            told = [client.told(start(athena, client, "SELECT x FROM a")) for _ in range(2)]
            athena.called(client, "BatchGetQueryExecution", {}, {"QueryExecutions": told})
            poll(athena, client, start(athena, client, "INSERT INTO c SELECT x FROM a"))
            poll(athena, client, start(athena, client, "SELECT x FROM b"))
        assert self.sizes(collected) == {name("a"): 3000, name("b"): 1000}

    def test_of_several_tables_no_share_is_known(self, athena, client, collected):
        client.scanned = 1000
        with whence.job("j"):
            poll(athena, client, start(athena, client, "SELECT x FROM a"))
            poll(athena, client, start(athena, client, "SELECT a.x FROM a JOIN b ON a.x = b.x"))
        assert self.sizes(collected) == {name("a"): None, name("b"): None}

    def test_what_was_told_with_the_run_is_not_told_again_later(self, athena, client, collected):
        client.scanned = 1000
        with whence.job("j"):
            start(athena, client, "SELECT x FROM a")
            late = start(athena, client, "SELECT y FROM a", state="RUNNING")
            run = whence.context.get()
        end = time.monotonic() + 10
        while not run.is_finished and time.monotonic() < end:
            time.sleep(0.01)
        client.queries[late] = ("SELECT y FROM a", "SUCCEEDED")
        sizes = [event["inputs"][0]["inputFacets"] for event in collected.events("j") if event["inputs"]]
        assert [each["inputStatistics"]["size"] for each in sizes] == [1000, 1000]


class TestRows:
    def insert(self, athena, client, rows=None, table="b"):
        query_id = start(athena, client, f"INSERT INTO {table} SELECT x FROM a")
        poll(athena, client, query_id)
        if rows is not None:
            for _ in range(2):  # the second page says it again
                athena.called(client, "GetQueryResults", {"QueryExecutionId": query_id}, {"UpdateCount": rows})

    def test_come_with_the_results(self, athena, client, collected):
        with whence.job("j"):
            self.insert(athena, client, 3)
            self.insert(athena, client, 4)
            self.insert(athena, client, table="c")
        assert collected.rows("j", name("b")) == 7
        assert collected.rows("j", name("c")) is None

    def test_are_not_known_while_those_of_one_statement_are_not(self, athena, client, collected):
        with whence.job("j"):
            self.insert(athena, client, 3)
            self.insert(athena, client)
        assert collected.rows("j", name("b")) is None


class TestNobodyPolls:
    def test_is_asked_when_the_run_ends(self, athena, client, collected):
        with whence.job("j"):
            for n in range(120):
                start(athena, client, f"INSERT INTO b{n} SELECT x FROM a")
            assert client.asked == []
        assert len(collected.names("j")[1]) == 120
        assert client.asked == [50, 50, 20]

    def test_thread_that_asks_belongs_to_no_run(self, athena, client, collected):
        runs = []
        ask = client.batch_get_query_execution
        client.batch_get_query_execution = lambda **ids: runs.append(whence.context.get()) or ask(**ids)
        with whence.job("around"), whence.job("j"):
            start(athena, client)  # here the thread starts, and hooks on threads would carry the run there
        assert collected.names("j")[1] == {name("b")}
        assert runs == [None]

    def test_client_that_the_host_let_go_of_is_held(self, athena, collected):
        with whence.job("j"):
            start(athena, Client())
            gc.collect()
        assert collected.names("j")[1] == {name("b")}

    def test_clients_are_let_go_of_when_nothing_is_open(self, athena, collected):
        clients = [Client(credentials=SimpleNamespace(access_key=f"AK{n}")) for n in range(3)]
        gone = [weakref.ref(client) for client in clients]
        for job, client in zip("jkl", clients, strict=True):
            with whence.job(job):
                start(athena, client)
        assert collected.names("j")[1] == {name("b")}
        del clients, client
        gc.collect()
        assert [each() for each in gone] == [None] * 3

    def test_clients_of_one_place_are_asked_together(self, athena, collected):
        one, two, other = Client(), Client(), Client()
        two.queries = one.queries
        other.meta.endpoint_url = "http://other"
        with whence.job("around"):
            ask = athena.looker.put
            looks = []
            athena.looker.put = lambda look: looks.append(look) or True
            for job, client in (("j", one), ("k", two), ("l", other)):
                with whence.job(job):
                    start(athena, client)
            athena.looker._asking = looks  # all three come due at once
            athena.looker._ask(looks)
            athena.looker._asking = []
            for look in looks:
                look.done()
            athena.looker.put = ask
        for job in "jkl":
            assert collected.names(job)[1] == {name("b")}
        assert (one.asked, two.asked, other.asked) == ([2], [], [1])

    def test_throttling_and_broken_networks_are_tried_again(self, athena, client, collected):
        client.refusals["batch"] = [RefusedError("ThrottlingException"), OSError("network")]
        with whence.job("j"):
            start(athena, client)
        (late,) = (event for event in collected.events("j") if event["eventType"] == "OTHER")
        assert [each["name"] for each in late["outputs"]] == [name("b")]
        assert len(client.asked) == 3

    def test_what_is_refused_is_forgotten_and_counted(self, athena, client, collected, caplog):
        client.refusals = {
            "batch": RefusedError("AccessDeniedException"),
            "single": RefusedError("AccessDeniedException"),
        }
        with whence.job("j"):
            start(athena, client)
            start(athena, client)
        assert collected.names("j") == (set(), set())
        assert athena.dropped == 2
        assert collected.end("j")["run"]["facets"]["extractionError"]["failedTasks"] == 2
        assert not athena._pending
        assert "nobody waited for are not told" in caplog.text

    @pytest.mark.parametrize("refusals", [{}, {"batch": RefusedError("AccessDeniedException")}])
    def test_ids_that_athena_does_not_know_are_forgotten(self, athena, client, collected, refusals):
        client.refusals = refusals
        with whence.job("j"):
            del client.queries[start(athena, client)]
            start(athena, client)
        assert collected.names("j")[1] == {name("b")}
        assert athena.dropped == 1

    def test_waiting_has_a_limit(self, athena, client, collected, caplog):
        athena.looker.limit_s = 0.05
        with whence.job("j"):
            start(athena, client, state="RUNNING")
        assert collected.names("j") == (set(), set())
        assert athena.dropped == 1
        (late,) = (event for event in collected.events("j") if event["eventType"] == "OTHER")
        assert "still running" in late["run"]["facets"]["extractionError"]["errors"][0]["errorMessage"]
        assert "1 Athena queries were still running" in caplog.text

    def test_two_runs_and_their_statements_stay_apart(self, athena, client, collected):
        for n in range(3):
            with whence.job(f"j{n}"):
                start(athena, client, f"INSERT INTO b{n} SELECT x FROM a{n}")
        for n in range(3):
            assert collected.names(f"j{n}") == ({name(f"a{n}")}, {name(f"b{n}")})

    def test_run_that_failed_is_told_with_what_it_started(self, athena, client, collected):
        def fail():
            with whence.job("j"):
                start(athena, client)
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            fail()
        assert collected.end("j")["eventType"] == "FAIL"
        assert collected.names("j")[1] == {name("b")}


class TestBounds:
    def test_ten_thousand_queries_hold_less_than_256_bytes_each(self, athena, client, collected):
        collected.events()  # the background has loaded what it needs
        athena.looker.put = lambda _: True  # nobody looks while we weigh
        athena._describe()
        with whence.job("j"):
            start(athena, client)
            ids = [str(uuid.uuid4()) for _ in range(9_999)]
            gc.collect()
            tracemalloc.start()
            for query_id in ids:
                athena.called(client, "StartQueryExecution", {"QueryString": "x" * 9}, {"QueryExecutionId": query_id})
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        of_text = sum(query_id.__sizeof__() for query_id in ids)  # ours when the answer is gone
        assert len(athena._pending) == 10_000
        assert (held + of_text) / 10_000 < 256

    def test_more_than_ten_thousand_forget_the_oldest_and_count_it(self, athena, client, collected, monkeypatch):
        monkeypatch.setattr(hook, "MAX_PENDING", 10)
        with whence.job("j"):
            for n in range(15):
                start(athena, client, f"INSERT INTO b{n} SELECT x FROM a")
        assert collected.names("j")[1] == {name(f"b{n}") for n in range(5, 15)}
        assert athena.dropped == 5

    def test_run_that_goes_on_is_looked_at_meanwhile(self, athena, client, collected, monkeypatch):
        monkeypatch.setattr(hook, "_LOOK_EVERY", 20)
        with whence.job("j"):
            for n in range(20):
                start(athena, client, f"INSERT INTO b{n} SELECT x FROM a")
            end = time.monotonic() + 10
            while athena._pending and time.monotonic() < end:
                time.sleep(0.01)
            assert not athena._pending
        assert len(collected.names("j")[1]) == 20

    def test_nothing_is_left_of_runs_that_ended(self, athena, client, collected):
        for n in range(20):
            with whence.job(f"j{n}"):
                query_id = start(athena, client, state="FAILED" if n % 4 == 1 else "SUCCEEDED")
                if n % 2:
                    poll(athena, client, query_id)
        collected.events()
        assert not athena._pending
        assert not athena._of_run

    def test_runs_in_many_threads_and_their_queries_stay_apart(self, athena, client, collected):
        def work(thread):
            for n in range(25):
                with whence.job(f"j{thread}-{n}"):
                    query_id = start(athena, client, f"INSERT INTO b{thread}_{n} SELECT x FROM a")
                    if n % 3:
                        poll(athena, client, query_id)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = {event["job"]["name"]: event["outputs"] for event in collected.events() if event["outputs"]}
        assert len(told) == 200
        for job, outputs in told.items():
            assert [each["name"] for each in outputs] == [name(job.replace("j", "b").replace("-", "_"))]

    def test_thread_that_cannot_start_any_more_costs_the_queries_only(self, athena, client, collected, monkeypatch):
        monkeypatch.setattr(athena.looker, "start", lambda: False)
        with whence.job("j"):
            start(athena, client)
        assert collected.end("j")["run"]["facets"]["extractionError"]["failedTasks"] == 1
        assert not athena._pending


class TestWhatPassesBy:
    COLUMNS = [{"Name": "x", "Type": "int"}]  # noqa: RUF012

    def fields(self, athena, client, collected):
        with whence.job("j"):
            poll(athena, client, start(athena, client, "CREATE TABLE b AS SELECT * FROM a"))
        return collected.fields("j", name("b"))

    def test_table_metadata_of_athena(self, athena, client, collected):
        told = {"Name": "A", "Columns": self.COLUMNS, "Parameters": {"location": "s3://lake/a/"}}
        athena.called(client, "GetTableMetadata", {"CatalogName": "c", "DatabaseName": "d"}, {"TableMetadata": told})
        assert self.fields(athena, client, collected) == {}  # another catalogue's
        athena.called(client, "ListTableMetadata", {"DatabaseName": "D"}, {"TableMetadataList": [told]})
        with whence.job("again"):
            poll(athena, client, start(athena, client, "CREATE TABLE c AS SELECT * FROM a"))
        assert collected.fields("again", name("c")) == {"x": {name("a.x")}}
        assert "s3://lake" in str(collected.end("again")["inputs"][0]["facets"]["symlinks"])

    def test_many_tables_of_glue(self, athena, client, collected):
        tables = [{"Name": n, "DatabaseName": "d", "StorageDescriptor": {"Columns": self.COLUMNS}} for n in "ab"]
        athena.called(client, "GetTables", {"DatabaseName": "d"}, {"TableList": tables})
        athena.called(client, "GetTables", {"DatabaseName": "empty"}, {})
        assert self.fields(athena, client, collected) == {"x": {name("a.x")}}

    def test_same_request_token_is_the_same_query(self, athena, client, collected):
        with whence.job("j"):
            query_id = start(athena, client)
            with whence.job("inner"):
                athena.called(client, "StartQueryExecution", {}, {"QueryExecutionId": query_id})
            poll(athena, client, query_id)
        assert collected.names("inner") == (set(), set())
        assert collected.names("j")[1] == {name("b")}

    def test_prepared_statements_are_bounded_and_the_last_text_counts(self, athena, client, collected, monkeypatch):
        monkeypatch.setattr(hook, "_MAX_PREPARED", 2)
        texts = [("s", "SELECT x FROM old"), ("u", "SELECT 1"), ("s", "SELECT x FROM a WHERE y = ?"), ("v", "SELECT 2")]
        for statement, text in texts:
            told = {"StatementName": statement, "QueryStatement": text, "WorkGroupName": "primary"}
            athena.called(client, "GetPreparedStatement", {}, {"PreparedStatement": told})
        with whence.job("j"):
            poll(athena, client, start(athena, client, "EXECUTE s USING 4711"))
            poll(athena, client, start(athena, client, "EXECUTE u USING 4711"))
        assert collected.names("j") == ({name("a")}, set())
        assert collected.end("j")["run"]["facets"]["extractionError"]["failedTasks"] == 1  # u was forgotten


class TestCredentials:
    def test_two_accounts_keep_their_tables_apart(self, athena, collected):
        one, two = Client(credentials=SimpleNamespace(access_key="A")), Client(credentials=SimpleNamespace())
        told = {"Name": "a", "DatabaseName": "d", "CatalogId": "111111111111"}
        place = {"StorageDescriptor": {"Location": "s3://lake/a/", "Columns": [{"Name": "x", "Type": "int"}]}}
        athena.called(one, "GetTable", {}, {"Table": told | place})
        for job, client in (("one", one), ("two", two)):
            with whence.job(job):
                poll(athena, client, start(athena, client))
        assert "symlinks" in collected.end("one")["inputs"][0]["facets"]
        assert "symlinks" not in collected.end("two")["inputs"][0]["facets"]

    def test_table_of_another_account_is_no_table_of_ours(self, athena, client, collected):
        told = {"Name": "a", "DatabaseName": "d", "CatalogId": "222222222222"}
        place = {"StorageDescriptor": {"Location": "s3://other/a/"}}
        athena.called(client, "GetTable", {"CatalogId": "222222222222"}, {"Table": told | place})
        with whence.job("j"):
            poll(athena, client, start(athena, client))
        assert "symlinks" not in collected.end("j")["inputs"][0]["facets"]

    def test_keys_of_credentials_that_refresh_are_not_touched(self, athena, collected):
        class Refreshing:
            @property
            def access_key(self):
                raise AssertionError("this would be a request")

            account_id = access_key

        client = Client(credentials=Refreshing())
        with whence.job("j"):
            poll(athena, client, start(athena, client))
        assert collected.names("j")[1] == {name("b")}
        assert athena.failures == 0
