"""Lists by office, state, deadline and words read indexes only, on both databases and behind the second wall."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import Session

from services.reconsideration.repository.text_index import index_earlier
from shared.kit.acting import OWN_WORK, bind
from shared.kit.database import SCOPE_SETTING, application_role
from shared.kit.migrations import speed_up_wall, wall_in

revision = "0004"
down_revision = "0003"

# As of this release; the models have the same.
_INDEXES = (
    ("cases_by_office_and_state", "case_file", ("office", "status", "id"), None),
    ("cases_by_state", "case_file", ("status", "id"), None),
    ("cases_by_office_and_region", "case_file", ("office", "authority_region", "id"), None),
    ("cases_by_office_and_due_date", "case_file", ("office", "next_due_on", "id"), "next_due_on IS NOT NULL"),
    ("cases_by_due_date", "case_file", ("next_due_on", "id"), "next_due_on IS NOT NULL"),
    ("open_clocks_by_office", "clock", ("office", "due_on", "case_id", "kind", "ordinal"), "state = 'open'"),
    (
        "open_clocks_by_office_and_rule",
        "clock",
        ("office", "rule", "due_on", "case_id", "kind", "ordinal"),
        "state = 'open'",
    ),
    ("open_clocks", "clock", ("due_on", "case_id", "kind", "ordinal"), "state = 'open'"),
    ("open_clocks_by_rule", "clock", ("rule", "due_on", "case_id", "kind", "ordinal"), "state = 'open'"),
)
_SEARCH = """
CREATE FUNCTION cases_with_words(
  words text[], pairs text[], numbers_only boolean, offices text[], after uuid, in_order boolean, most integer
) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $body$
DECLARE
  scope text := coalesce(current_setting('dingfen.scope', true), '');
  found text;
BEGIN
  -- The owner may read every row here: this function is the wall.
  IF scope <> '*' THEN
    offices := CASE WHEN offices IS NULL THEN string_to_array(scope, ',') ELSE
      ARRAY(SELECT unnest(offices) INTERSECT SELECT unnest(string_to_array(scope, ','))) END;
  END IF;
  found := 'SELECT case_id FROM case_text WHERE '
    || CASE WHEN numbers_only THEN 'number_pairs' ELSE 'pairs' END || ' @> $1'
    || CASE WHEN offices IS NULL THEN ''
      -- Of many offices nearly all cases would have to be merged first.
      WHEN cardinality(offices) > 24 THEN ' AND office = ANY ($2)'
      ELSE ' AND ARRAY[office::text] && $2' END
    || CASE WHEN after IS NULL THEN '' ELSE ' AND case_id > $3' END
    || ' AND (SELECT bool_and(position(word IN number) > 0'
    || CASE WHEN numbers_only THEN '' ELSE ' OR position(word IN case_text.words) > 0' END
    || ') FROM unnest($4) AS asked(word))';
  IF in_order THEN
    -- Materialised: the planner must not walk through all cases in their order in hope of early hits.
    found := 'WITH hit AS MATERIALIZED (' || found || ') SELECT case_id FROM hit ORDER BY case_id';
  END IF;
  RETURN QUERY EXECUTE found || ' LIMIT $5' USING pairs, offices, after, words, most;
END $body$
"""
_ARGUMENTS = "text[], text[], boolean, text[], uuid, boolean, integer"


def upgrade() -> None:
    for name, table, columns, where in _INDEXES:
        chosen = None if where is None else sa.text(where)
        op.create_index(name, table, list(columns), sqlite_where=chosen, postgresql_where=chosen)
    # Numbers of cancelled cases; those of living ones stand in one_live_case_per_number.
    op.create_index(
        "cancelled_cases_by_number",
        "case_file",
        ["case_number"],
        sqlite_where=sa.text("cancelled = 1"),
        postgresql_where=sa.text("cancelled"),
    )
    pairs = sa.ARRAY(sa.Text).with_variant(sa.JSON, "sqlite")
    op.create_table(
        "case_text",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("pairs", pairs),
        sa.Column("number_pairs", pairs),
    )
    op.create_index("case_text_by_place", "case_text", ["place"], unique=True)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE case_pairs USING fts5(office, number, words, content='', tokenize='ascii')"
        )
    else:
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    with Session(connection, join_transaction_mode="rollback_only") as session:
        bind(session, OWN_WORK)
        index_earlier(session)
    wall_in(op, by_office=("case_text",))
    if connection.dialect.name == "postgresql":
        _index_pairs(connection)
        speed_up_wall(op, by_office=("case_file",))


def _index_pairs(connection: sa.Connection) -> None:
    role = application_role(str(connection.exec_driver_sql("SELECT current_database()").scalar_one()))
    # A short list of unsorted entries: a search reads all of it.
    op.execute(
        "CREATE INDEX case_text_by_pairs ON case_text USING gin (pairs, number_pairs, (ARRAY[office::text]))"
        " WITH (gin_pending_list_limit = 256)"
    )
    op.execute("CREATE POLICY searched_by_function ON case_text FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(_SEARCH)
    op.execute(f"REVOKE ALL ON FUNCTION cases_with_words ({_ARGUMENTS}) FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION cases_with_words ({_ARGUMENTS}) TO "{role}"')
