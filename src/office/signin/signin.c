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

/* Counts the try of `c->who`, and reads what its password is compared with. As signin_begin. */
static int begin(struct ledger *l, const struct signin_try *t, struct signin_check *c,
                 struct signin *s, struct err *err)
{
    int rc = limit_try(l, c->who, t->address, &s->until, err);

    if (rc == 0)
        s->answer = SIGNIN_WAIT;
    if (rc <= 0 || c->linked)
        return rc;
    return password_of(l, c->person, c->hash, err) < 0 ? -1 : 1;
}

int signin_begin(struct ledger *l, const struct outside *outside, const struct signin_try *t,
                 struct signin_check *c, struct signin *s, struct arena *arena, struct err *err)
{
    int found = 0;

    *s = (struct signin){.answer = SIGNIN_REFUSED};
    *c = (struct signin_check){.person = T(""), .name = t->name};
    if (outside && outside->has_directory) {
        found = identity_person(l, T(IDENTITY_LDAP), t->name, &c->person, arena, err);
        c->linked = found == 1;
    }
    if (found == 0)
        found = find(l, t->name, &c->person, arena, err);
    if (found < 0)
        return -1;
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    if (found == 0)
        c->person = T("");
    c->who = found ? c->person : text_head(text_trim(t->name), NAME_MAX_BYTES);
    return begin(l, t, c, s, err);
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

int signin_again_begin(struct ledger *l, const struct outside *outside, struct text person,
                       const struct signin_try *t, struct signin_check *c, struct signin *s,
                       struct arena *arena, struct err *err)
{
    int linked;

    *s = (struct signin){.answer = SIGNIN_REFUSED};
    *c = (struct signin_check){.person = person, .who = person, .name = T(""), .again = true};
    linked = signin_of_directory(l, outside, person, &c->name, arena, err);
    if (linked < 0)
        return -1;
    c->linked = linked == 1;
    return begin(l, t, c, s, err);
}

int signin_look(const struct outside *outside, const struct signin_try *t, struct signin_check *c,
                struct arena *arena, struct err *err)
{
    struct directory_entry entry;
    int rc = c->linked
                 ? directory_check(&outside->directory, c->name, t->password, &entry, arena, err)
                 : password_fits(c->hash, t->password, err);

    c->fits = rc == 1 && c->person.n;
    return rc < 0 ? -1 : 0;
}

int signin_end(struct ledger *l, const struct signin_try *t, const struct signin_check *c,
               struct signin *s, struct err *err)
{
    int second, rc;

    if (!c->fits)
        return 0;
    second = c->again ? 0 : second_has(l, c->person, NULL, err);
    if (second < 0)
        return -1;
    s->person = c->person;
    s->answer = second ? SIGNIN_CODE : SIGNIN_DONE;
    if (second && t->code.n) {
        rc = second_check(l, c->person, t->code, err);
        if (rc <= 0) /* a wrong code is a wrong try */
            return rc;
        s->answer = SIGNIN_DONE;
    }
    return limit_right(l, c->who, t->address, err);
}

bool credentials_may(const struct viewer *v, struct text person)
{
    return text_eq(v->person, person) || (v->roles & BIT(ROLE_ADMINISTRATOR)) != 0;
}
