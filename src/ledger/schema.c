/* schema.c: the tables, in the words of the store that takes them; see batch.h. */
#include "schema.h"

#include "ledger/batch.h"

int schema_make(struct store *s, struct err *err)
{
    return store_script(s, s->server ? schema_postgres : schema_sqlite, err);
}

int projections_make(struct store *s, struct err *err)
{
    if (store_script(s, s->server ? projections_postgres : projections_sqlite, err) != 0)
        return -1;
    return s->server ? store_script(s, distribute_citus, err) : 0;
}
