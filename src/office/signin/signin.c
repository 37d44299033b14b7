/* signin.c: see signin.h. */
#include "office/signin/signin.h"

#include "ledger/office.sql.h"
#include "office/names.h"
#include "office/password.h"
#include "office/signin/identity.h"
#include "office/signin/limit.h"
#include "office/signin/second.h"
#include "session.sql.h"
#include "token.sql.h"

enum { NAME_MAX_BYTES = 256 };

/* 1 and the code of the active person who is meant, 0 when nobody is, -1. */
static int find(struct ledger *l, struct text name, struct text *person, struct arena *arena,
                struct err *err)
{
    struct person_get_out row;
    int rc;

    if (name.n == 0 || name.n > NAME_MAX_BYTES || !text_utf8(name))
        return 0;
    if (name_person(l, name, person, arena, err) != 0) {
        bool nobody = err->code == ERR_NOT_FOUND || err->code == ERR_AMBIGUOUS;
        if (nobody)
            *err = (struct err){0};
        return nobody ? 0 : -1;
    }
    rc = person_get_one(l->store, &(struct person_get_in){*person}, &row, arena, err);
    return rc == 1 && row.inactive ? 0 : rc;
}

/* Is it the password? Of the directory for who is linked to it (by that name), else ours. 1, 0, -1.
 */
static int check(struct ledger *l, const struct outside *outside, bool linked, struct text person,
                 struct text name, const struct signin_try *t, struct arena *arena, struct err *err)
{
    struct directory_entry entry;

    if (linked)
        return directory_check(&outside->directory, name, t->password, &entry, arena, err);
    return password_check(l, person, t->password, err);
}

int signin_password(struct ledger *l, const struct outside *outside, const struct signin_try *t,
                    struct signin *s, struct arena *arena, struct err *err)
{
    struct text person = T(""), who;
    bool linked = false;
    int found = 0, rc;

    *s = (struct signin){.answer = SIGNIN_REFUSED};
    if (outside && outside->has_directory) {
        found = identity_person(l, T(IDENTITY_LDAP), t->name, &person, arena, err);
        linked = found == 1;
    }
    if (found == 0)
        found = find(l, t->name, &person, arena, err);
    if (found < 0)
        return -1;
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    who = found ? person : text_head(text_trim(t->name), NAME_MAX_BYTES);
    rc = limit_try(l, who, t->address, &s->until, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        s->answer = SIGNIN_WAIT;
        return 0;
    }
    rc = check(l, outside, linked, found ? person : T(""), t->name, t, arena, err);
    if (rc < 0 || !found || rc == 0)
        return rc < 0 ? -1 : 0;
    s->person = person;
    rc = second_has(l, person, NULL, err);
    if (rc < 0)
        return -1;
    if (rc == 1) {
        s->answer = SIGNIN_CODE;
        if (t->code.n) {
            rc = second_check(l, person, t->code, err);
            if (rc <= 0) /* a wrong code is a wrong try */
                return rc;
            s->answer = SIGNIN_DONE;
        }
    } else {
        s->answer = SIGNIN_DONE;
    }
    return limit_right(l, who, t->address, err);
}

int signin_of_directory(struct ledger *l, const struct outside *outside, struct text person,
                        struct text *name, struct arena *arena, struct err *err)
{
    struct identity *links;
    size_t count;

    if (outside == NULL || !outside->has_directory)
        return 0;
    if (identity_list(l, person, &links, &count, arena, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (text_eq(links[i].issuer, T(IDENTITY_LDAP))) {
            *name = links[i].subject;
            return 1;
        }
    return 0;
}

int signin_again(struct ledger *l, const struct outside *outside, struct text person,
                 const struct signin_try *t, struct signin *s, struct arena *arena, struct err *err)
{
    struct text name = T("");
    int linked = signin_of_directory(l, outside, person, &name, arena, err), rc;

    *s = (struct signin){.answer = SIGNIN_REFUSED, .person = person};
    if (linked < 0)
        return -1;
    rc = limit_try(l, person, t->address, &s->until, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        s->answer = SIGNIN_WAIT;
        return 0;
    }
    rc = check(l, outside, linked == 1, person, name, t, arena, err);
    if (rc <= 0)
        return rc;
    s->answer = SIGNIN_DONE;
    return limit_right(l, person, t->address, err);
}

bool credentials_may(const struct viewer *v, struct text person)
{
    return text_eq(v->person, person) || (v->roles & BIT(ROLE_ADMINISTRATOR)) != 0;
}

int signin_forget_all(struct ledger *l, struct err *err)
{
    if (store_begin(l->store, true, err) != 0)
        return -1;
    if (session_clear(l->store, NULL, err) == 0 && token_clear(l->store, NULL, err) == 0)
        return store_commit(l->store, err);
    store_rollback(l->store);
    return -1;
}
