"""The 61 statements of the collector study (C11): what each reads and writes, as the events say it.

Run for real where PostgreSQL or SQLite understand them, by psycopg and sqlite3; the others are handed to a run as a
hook hands them over. The rival's parser has 24 of its 61 right; the classes below are those that it fails at, and
plain ones.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import psycopg
import pytest
import sqlalchemy as sa

import whence
from whence.hooks._database.engine_source import source_at

pytestmark = pytest.mark.integration


class Case(NamedTuple):
    """A statement with the tables that it reads and writes; schemas are told where they are not the default."""

    where: str
    statement: str
    reads: str = ""
    writes: str = ""


SETUP = """
create table orders (id integer, customer_id integer, amount integer, ts timestamp, note text);
create table customers (id integer, email text, name text);
create table totals (id integer primary key, email text, total integer);
create table archive (id integer, customer_id integer, amount integer, ts timestamp, note text);
create table "user" (id integer, email text);
create table "date" (id integer, day text);
create table tree (id integer, parent integer);
"""
ON_POSTGRES = """
create schema staging;
create table staging.events (id integer, email text);
create table staging.orders (id integer, customer_id integer, amount integer, ts timestamp, note text);
"""
P, S = "postgres", "sqlite"
CASES = (
    # plain ones
    Case(P, "select * from orders", "orders"),
    Case(P, "select o.id from orders o join customers c on c.id = o.customer_id", "orders customers"),
    Case(P, "insert into archive select * from orders", "orders", "archive"),
    Case(S, "update totals set total = 0", "", "totals"),
    Case(P, "create table summary as select customer_id, sum(amount) s from orders group by 1", "orders", "summary"),
    Case(P, "create view v as select email from customers", "customers", "v"),
    Case(P, "create or replace view v as select email from customers", "customers", "v"),
    Case(P, "select id from orders union all select id from customers", "orders customers"),
    # WITH in all its forms
    Case(P, "with c as (select id from customers) select * from c", "customers"),
    Case(P, "with a as (select * from orders), b as (select * from a) select * from b join customers c using (id)",
         "orders customers"),
    Case(S, "with c as (select id, email from customers) insert into totals select id, email, 0 from c",
         "customers", "totals"),
    Case(P, "insert into totals with c as (select * from customers) select id, email, 1 from c",
         "customers", "totals"),
    Case(P, "with recursive t(id) as (select id from tree union all select t.id + 1 from t where t.id < 3) "
         "select * from t", "tree"),
    Case(P, "with gone as (delete from orders returning *) insert into archive select * from gone",
         "orders", "orders archive"),
    Case(P, "with orders as (select id from customers) select * from orders", "customers"),
    Case(P, "create table picked as with c as (select * from customers) select id from c", "customers", "picked"),
    # joins
    Case(P, "select 1 from orders left outer join customers on customers.id = orders.customer_id",
         "orders customers"),
    Case(P, "select 1 from orders right outer join customers c on c.id = orders.customer_id", "orders customers"),
    Case(P, "select 1 from orders full outer join customers c on c.id = orders.customer_id", "orders customers"),
    Case(P, "select 1 from orders, customers where orders.customer_id = customers.id", "orders customers"),
    Case(P, "select 1 from orders o cross join lateral (select 1 from totals t where t.id = o.id) x", "orders totals"),
    # targets
    Case("snowflake", "create or replace table t as select id from orders", "ORDERS", "T"),
    Case(P, "create temporary table scratch as select id from orders; "
         "insert into totals (id) select distinct id from scratch", "orders", "totals"),
    Case(P, "create materialized view m as select id from customers", "customers", "m"),
    Case(P, "create table p as (select id from orders)", "orders", "p"),
    Case(P, "create table if not exists q as select id from orders", "orders", "q"),
    Case(P, "select id into made from orders", "orders", "made"),
    Case("databricks", "insert overwrite table archive select * from orders", "orders", "archive"),
    Case("hive", "insert overwrite table archive partition (day = '1') select * from orders", "orders", "archive"),
    Case(P, "insert into totals (id, email) select id, email from customers", "customers", "totals"),
    Case(P, "insert into orders select * from orders", "orders", "orders"),
    Case(P, "insert into totals values (1, 'x', 1) on conflict (id) do update set total = excluded.total",
         "", "totals"),
    Case(P, "insert into totals select id, email, 1 from customers on conflict do nothing", "customers", "totals"),
    # other writes
    Case(P, "delete from orders where customer_id in (select id from customers)", "customers", "orders"),
    Case(P, "delete from orders using customers c where c.id = orders.customer_id", "customers", "orders"),
    Case(P, "merge into totals t using customers c on c.id = t.id when matched then update set email = c.email "
         "when not matched then insert values (c.id, c.email, 0)", "customers", "totals"),
    Case(P, "update only totals set total = 1", "", "totals"),
    Case(P, "update totals set total = o.amount from orders o where o.id = totals.id", "orders", "totals"),
    Case("mysql", "update totals t join orders o on o.id = t.id set t.total = o.amount", "orders", "totals"),
    Case(P, "truncate table archive", "", "archive"),
    Case(P, "alter table archive rename to archive_2024", "archive", "archive_2024"),
    Case("snowflake", "copy into orders from 's3://lake/raw/orders/'", "s3://lake/raw/orders", "ORDERS"),
    Case("redshift", "copy orders from 's3://lake/raw/orders/' iam_role 'x' format as parquet",
         "s3://lake/raw/orders", "orders"),
    Case(P, "copy (select id from customers) to stdout", "customers"),
    Case("mysql", "replace into totals select id, email, 0 from customers", "customers", "totals"),
    # words that look like tables, and tables that look like words
    Case(P, "select extract(year from ts) from orders", "orders"),
    Case(P, "select trim(both from name), substring(name from 2) from customers", "customers"),
    Case(P, "select 1 from orders where note is distinct from 'x'", "orders"),
    Case(P, 'select 1 from "user"', "user"),
    Case(P, 'select 1 from "date" d', "date"),
    Case(P, "-- from decoys\n/* insert into fake select * from decoy */ select 1 from orders -- join other", "orders"),
    Case(P, "select 'from fake join more' from orders", "orders"),
    # names
    Case("snowflake", "select 1 from other.raw.orders", "OTHER.RAW.ORDERS"),
    Case(P, "select 1 from staging.events, public.orders", "staging.events orders"),
    Case("mssql", "select 1 from [other].[raw].[my orders]", "other.raw.my orders"),
    Case("bigquery", "select 1 from `other.raw.orders`", "other.raw.orders"),
    # shapes
    Case(P, "(select id from orders) union (select id from customers)", "orders customers"),
    Case(P, "delete from archive; insert into archive select * from orders", "orders", "archive"),
    Case(P, "select (select max(id) from totals), id from orders where exists (select 1 from customers)",
         "totals orders customers"),
    Case(P, "explain insert into archive select * from orders"),
    Case(S, "insert or replace into totals select id, email, 1 from customers", "customers", "totals"),
)  # fmt: skip


def test_there_are_61():
    assert len(CASES) == len({case.statement for case in CASES}) == 61


def _wrong(collected, cases, shorten):
    """Return the cases whose event says something else, with what it says."""
    wrong = {}
    for case in cases:
        event = collected.end(case.statement)
        said = [" ".join(sorted(shorten(each) for each in event[side])) for side in ("inputs", "outputs")]
        if said != [" ".join(sorted(_tables(case, side))) for side in (case.reads, case.writes)]:
            wrong[case.statement] = said
    return wrong


def _tables(case, side):
    return [side] if "my orders" in side else side.split()


def test_on_postgres(collected, postgres_url):
    cases = [case for case in CASES if case.where == P]
    url = sa.make_url(postgres_url)
    place = f"host={url.host} port={url.port} user={url.username} dbname={url.database}"
    with psycopg.connect(place, autocommit=True) as connection:
        for case in cases:
            connection.execute("drop schema if exists public, staging cascade; create schema public")
            connection.execute(SETUP + ON_POSTGRES)
            with whence.job(case.statement):
                if case.statement.startswith("copy"):
                    with connection.cursor().copy(case.statement) as copy:
                        list(copy)
                else:
                    connection.execute(case.statement)
            connection.execute("drop table if exists scratch")
    start = f"{url.database}."
    assert _wrong(collected, cases, lambda each: each["name"].removeprefix(start).removeprefix("public.")) == {}


def test_on_sqlite(collected, tmp_path):
    cases = [case for case in CASES if case.where == S]
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.executescript(SETUP)
    for case in cases:
        with whence.job(case.statement), connection:
            connection.execute(case.statement)
    connection.close()
    assert _wrong(collected, cases, lambda each: each["name"]) == {}


def test_of_databases_that_are_not_here(collected):
    cases = [case for case in CASES if case.where not in (P, S)]
    for case in cases:
        two_levels = case.where in ("mysql", "hive")
        source = source_at(case.where, host="db", database="shop", schema=None if two_levels else "main")
        with whence.job(case.statement) as run:
            run.hand_over(source, {case.statement: [1, 1, None, 0]})

    def shorten(each):
        if each["namespace"].startswith("s3:"):
            return f"{each['namespace']}/{each['name']}"
        return each["name"].removeprefix("shop.").removeprefix("main.")

    assert _wrong(collected, cases, shorten) == {}
