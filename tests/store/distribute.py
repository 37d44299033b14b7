#!/usr/bin/env python3
"""How the tables would be spread over servers: postgres.py distribute.py XIAOHAO SOURCES

Citus itself is not needed: functions of its names stand in for it, which look whether table, column
and keys are there, and note what they were asked."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import tap  # noqa: E402

XIAOHAO, SRC = os.path.abspath(sys.argv[1]), os.path.join(sys.argv[2], "src/ledger")
SERVER = os.environ["XIAOHAO_TEST_POSTGRES"]

STAND_INS = """
CREATE SCHEMA spread; SET search_path = spread;
CREATE TABLE pg_dist_partition (logicalrel regclass, key text, beside text, colocated bigint);
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS
    'INSERT INTO pg_dist_partition VALUES (name, NULL, NULL, 0)';
CREATE FUNCTION create_distributed_table(name regclass, key text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE
    type oid; theirs oid;
BEGIN
    SELECT atttypid INTO STRICT type FROM pg_attribute WHERE attrelid = name AND attname = key AND attnum > 0;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = name AND indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = indexrelid AND attname = key)) THEN
        RAISE 'a key of % does not hold %', name, key;
    END IF;
    IF colocate_with <> 'none' THEN
        SELECT a.atttypid INTO STRICT theirs FROM pg_dist_partition p JOIN pg_attribute a
            ON a.attrelid = p.logicalrel AND a.attname = p.key WHERE p.logicalrel = to_regclass(colocate_with);
        IF type <> theirs THEN
            RAISE '% and % are spread by other types', name, colocate_with;
        END IF;
    END IF;
    INSERT INTO pg_dist_partition VALUES (name, key, colocate_with, 0);
END $f$;
"""


def read(name):
    with open(os.path.join(SRC, name), encoding="utf-8") as f:
        return f.read()


def sql(text):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", SERVER, "-c", text],
                          check=True, capture_output=True, text=True).stdout.splitlines()


def tables():
    return re.findall(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+)",
                      read("schema.postgres.sql") + read("projections.postgres.sql"), re.M)


def named(text):
    """How the script names each table: {kind: [names]}."""
    block = text[text.index("DO $$"):]
    return {"local": re.findall(r"^-- local: (\w+)$", text, re.M),
            "reference": re.findall(r"\('(\w+)'\)", block),
            "spread": re.findall(r"\(\d, '(\w+)', '\w+', '\w+'\)", block)}


def every_table_is_named_once():
    found = sorted(name for names in named(read("distribute.citus.sql")).values() for name in names)
    tap.check(found == sorted(tables()), set(found) ^ set(tables()), found)


def xiaohao(folder, *args):
    place = "%s&options=-csearch_path%%3Dspread#%s" % (SERVER, os.path.join(folder, "ledger"))
    got = subprocess.run([XIAOHAO, "-L", place, *args], capture_output=True, text=True, check=False)
    tap.check(got.returncode == 0, got)


def spread():
    return {row.split("|")[0]: row.split("|")[1:] for row in sql(
        "SET search_path = spread; SELECT p.logicalrel, p.key, p.beside FROM pg_dist_partition p "
        "JOIN pg_class c ON c.oid = p.logicalrel")}


def init_and_rebuild_spread_what_the_script_names():
    sql(STAND_INS)
    kinds = named(read("distribute.citus.sql"))
    with tempfile.TemporaryDirectory() as folder:
        for command in (("init",), ("rebuild",)):
            xiaohao(folder, *command)
            found = spread()
            tap.check(sorted(found) == sorted(kinds["reference"] + kinds["spread"]), command, found)
            tap.check({name for name, how in found.items() if how[0]} == set(kinds["spread"]), found)
        xiaohao(folder, "verify")
    # What is about an item lies with it.
    columns = sql("SELECT table_name FROM information_schema.columns WHERE table_schema = 'spread' "
                  "AND column_name = 'item' AND data_type = 'bigint'")
    for name in set(columns) & set(kinds["spread"]):
        tap.check(found[name] == ["item", "item"], name, found[name])


def a_key_without_the_column_is_found():
    try:
        sql("SET search_path = spread; SELECT create_distributed_table('unit', 'name')")
    except subprocess.CalledProcessError as e:
        tap.check("does not hold" in e.stderr, e.stderr)
    else:
        tap.check(False)


tap.run([(f.__name__.replace("_", " "), f) for f in (
    every_table_is_named_once, init_and_rebuild_spread_what_the_script_names,
    a_key_without_the_column_is_found)])
