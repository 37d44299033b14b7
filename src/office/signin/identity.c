/* identity.c: see identity.h. */
#include "office/signin/identity.h"

#include "identity.sql.h"
#include "office/signin/session.h"

/* A subject as it is compared: as it is, or a directory's user without case and width. */
static struct text compared(struct text issuer, struct text subject, struct buf *out)
{
    uint32_t cp;

    if (!text_eq(issuer, text_of(IDENTITY_LDAP)))
        return subject;
    subject = text_trim(subject);
    while ((cp = text_next(&subject)) != 0)
        buf_cp(out, text_fold_cp(cp) ? text_fold_cp(cp) : cp);
    return buf_view(out);
}

static bool can_be(struct text t)
{
    return t.n > 0 && t.n <= IDENTITY_TEXT && text_utf8(t);
}

int identity_link(struct ledger *l, struct text person, struct text issuer, struct text subject,
                  struct err *err)
{
    buf_auto struct buf folded = BUF(1024);
    arena_auto struct arena arena = ARENA(1u << 16);
    struct identity_get_out row;
    int rc;

    if (!can_be(issuer))
        return err_set(err, BAD_VALUE, T("issuer"));
    if (!can_be(subject))
        return err_set(err, BAD_VALUE, T("subject"));
    subject = compared(issuer, subject, &folded);
    if (folded.failed)
        return err_set(err, NO_MEMORY);
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    rc = identity_get_one(l->store, &(struct identity_get_in){issuer, subject}, &row, &arena, err);
    if (rc != 0 ||
        identity_put(l->store, &(struct identity_put_in){issuer, subject, person}, err) != 0) {
        store_rollback(l->store);
        return rc == 1 ? 0 : -1;
    }
    return store_commit(l->store, err) != 0 ? -1 : 1;
}

int identity_unlink(struct ledger *l, struct text person, struct text issuer, struct text subject,
                    struct err *err)
{
    buf_auto struct buf folded = BUF(1024);
    arena_auto struct arena arena = ARENA(1u << 16);
    struct identity_get_out row;
    int rc;

    subject = compared(issuer, text_head(subject, IDENTITY_TEXT), &folded);
    if (folded.failed)
        return err_set(err, NO_MEMORY);
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    rc = identity_get_one(l->store, &(struct identity_get_in){issuer, subject}, &row, &arena, err);
    if (arena.failed)
        rc = err_set(err, NO_MEMORY);
    if (rc == 1 && !text_eq(row.person, person))
        rc = 0;
    if (rc != 1 ||
        identity_drop(l->store, &(struct identity_drop_in){person, issuer, subject}, err) != 0 ||
        session_end_others(l, person, T(""), err) != 0) {
        store_rollback(l->store);
        return rc == 0 ? 0 : -1;
    }
    return store_commit(l->store, err) != 0 ? -1 : 1;
}

int identity_person(struct ledger *l, struct text issuer, struct text subject, struct text *person,
                    struct arena *arena, struct err *err)
{
    buf_auto struct buf folded = BUF(1024);
    struct identity_get_out row;
    int rc;

    if (!can_be(issuer) || !can_be(subject))
        return 0;
    subject = compared(issuer, subject, &folded);
    if (folded.failed)
        return err_set(err, NO_MEMORY);
    rc = identity_get_one(l->store, &(struct identity_get_in){issuer, subject}, &row, arena, err);
    if (rc != 1 || row.inactive)
        return rc < 0 ? -1 : 0;
    *person = row.person;
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int identity_list(struct ledger *l, struct text person, struct identity **list, size_t *count,
                  struct arena *arena, struct err *err)
{
    struct identity_of_out row;
    struct rows rows;
    int rc;

    *count = 0;
    *list = arena_array(arena, struct identity, IDENTITIES_MAX);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    if (identity_of_open(l->store, &(struct identity_of_in){person}, &rows, err) != 0)
        return -1;
    while ((rc = identity_of_next(&rows, &row, err)) == 1 && *count < IDENTITIES_MAX)
        (*list)[(*count)++] =
            (struct identity){arena_text(arena, row.issuer), arena_text(arena, row.subject)};
    rows_close(&rows);
    if (rc < 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
