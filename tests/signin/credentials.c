/*
 * credentials.c: signing in, second factors, sessions, tokens and links, as an office and as
 * somebody who tries to get in would see them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/file.h"
#include "office/password.h"
#include "office/signin/identity.h"
#include "office/signin/limit.h"
#include "office/signin/second.h"
#include "office/signin/session.h"
#include "office/signin/signin.h"
#include "office/signin/token.h"
#include "office/signin/totp.h"
#include "store/sqlite.h"
#include "world.h"

#define PASSWORD "correct horse battery"
#define HERE "192.0.2.7"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static struct world w;
static struct err err;

static int open_world(void **state)
{
    (void)state;
    err = (struct err){0};
    return world_open(&w, &err) != 0 || password_set(&w.ledger, T("clerk"), T(PASSWORD), &err) != 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct signin sign_in(const char *name, const char *password, const char *code,
                             const char *address)
{
    const struct signin_try t = {text_of(name), text_of(password), text_of(code), text_of(address)};
    struct signin_check check;
    struct signin s;

    if (signin_begin(&w.ledger, NULL, &t, &check, &s, &w.arena, &err) == 1) {
        assert_int_equal(signin_look(NULL, &t, &check, &w.arena, &err), 0);
        assert_int_equal(signin_end(&w.ledger, &t, &check, &s, &err), 0);
    }
    assert_int_equal(err.code, 0);
    return s;
}

#define answers(name, password, code, wanted) \
    assert_int_equal(sign_in(name, password, code, HERE).answer, wanted)

static void name_or_code_and_password(void **state)
{
    struct signin s;

    (void)state;
    s = sign_in("clerk", PASSWORD, "", HERE);
    assert_int_equal(s.answer, SIGNIN_DONE);
    assert_true(text_eq(s.person, T("clerk")));
    world_do(&w, "owner", "person zhang --name 张三 --unit OFFICE");
    assert_int_equal(password_set(&w.ledger, T("zhang"), T(PASSWORD), &err), 0);
    answers("张三", PASSWORD, "", SIGNIN_DONE);
    /* A second of that name: from now on the name alone says nothing. */
    world_do(&w, "owner", "person zhang2 --name 张三 --unit A");
    answers("张三", PASSWORD, "", SIGNIN_REFUSED);
    answers("张三@OFFICE", PASSWORD, "", SIGNIN_DONE);
}

static void refusals_are_all_alike(void **state)
{
    static const char *const rows[][2] = {
        {"clerk", "wrong password"},  {"clerk", ""},       {"nobody", PASSWORD}, /* has none */
        {"no such person", PASSWORD}, {"", PASSWORD},      {"cl\xff", PASSWORD},
        {"retired", PASSWORD},        {"' OR 1=1 --", "x"}};

    (void)state;
    world_do(&w, "owner", "person retired --unit A");
    assert_int_equal(password_set(&w.ledger, T("retired"), T(PASSWORD), &err), 0);
    world_do(&w, "owner", "person retired --unit A --inactive");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct signin s = sign_in(rows[i][0], rows[i][1], "123456", HERE);
        assert_int_equal(s.answer, SIGNIN_REFUSED);
        assert_int_equal(s.person.n, 0);
        assert_int_equal(s.until, 0);
    }
}

/* The least of some tries, in processor time. */
static clock_t cost(const char *name, const char *password)
{
    clock_t least = 0;

    for (int i = 0; i < 3; i++) {
        clock_t from = clock(), took;
        answers(name, password, "", SIGNIN_REFUSED);
        took = clock() - from;
        least = i == 0 || took < least ? took : least;
    }
    return least;
}

static void nobody_costs_what_somebody_costs(void **state)
{
    clock_t somebody = cost("clerk", "wrong password"), without = cost("nobody", "wrong password"),
            unknown = cost("no such person", "wrong password");

    (void)state;
    assert_true(unknown * 2 > somebody && unknown < somebody * 2);
    assert_true(without * 2 > somebody && without < somebody * 2);
}

/* --- limits ---------------------------------------------------------------------------------- */

static void tries_are_limited_and_the_limit_passes(void **state)
{
    struct signin s;

    (void)state;
    for (int i = 0; i < LIMIT_PAIR; i++)
        answers("clerk", "wrong password", "", SIGNIN_REFUSED);
    /* Even the right password is not looked at now, and the answer says until when. */
    s = sign_in("clerk", PASSWORD, "", HERE);
    assert_int_equal(s.answer, SIGNIN_WAIT);
    assert_in_range(s.until - w.env.clock, 1, LIMIT_PAIR_MS);
    /* From elsewhere the person gets in. */
    assert_int_equal(sign_in("clerk", PASSWORD, "", "198.51.100.1").answer, SIGNIN_DONE);
    /* Waiting is not made longer by trying on. */
    for (int i = 0; i < 20; i++)
        assert_int_equal(sign_in("clerk", PASSWORD, "", HERE).until, s.until);
    w.env.clock = s.until;
    answers("clerk", PASSWORD, "", SIGNIN_DONE);
}

static void unknown_names_are_limited_alike(void **state)
{
    (void)state;
    for (int i = 0; i < LIMIT_PAIR; i++)
        answers("no such person", "wrong password", "", SIGNIN_REFUSED);
    answers("no such person", "wrong password", "", SIGNIN_WAIT);
    answers("  no such person ", "wrong password", "", SIGNIN_WAIT);
}

static void right_passwords_are_not_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * LIMIT_PAIR; i++)
        answers("clerk", PASSWORD, "", SIGNIN_DONE);
}

/* limit.h alone: it costs no hashing. */
static void a_person_and_an_address_have_limits_of_their_own(void **state)
{
    int64_t until;

    (void)state;
    for (int i = 0; i < LIMIT_PERSON; i++) {
        const char *address = world_line(&w, "2001:db8:%d::1", i);
        assert_int_equal(limit_try(&w.ledger, T("clerk"), text_of(address), &until, &err), 1);
    }
    assert_int_equal(limit_try(&w.ledger, T("clerk"), T("203.0.113.9"), &until, &err), 0);
    assert_int_equal(limit_try(&w.ledger, T("leader"), T("203.0.113.9"), &until, &err), 1);
    w.env.clock += LIMIT_PERSON_MS;
    for (int i = 0; i < LIMIT_ADDRESS; i++) {
        const char *who = world_line(&w, "name-%d", i);
        assert_int_equal(limit_try(&w.ledger, text_of(who), T(HERE), &until, &err), 1);
    }
    assert_int_equal(limit_try(&w.ledger, T("clerk"), T(HERE), &until, &err), 0);
    /* One subscriber's IPv6 network is one address. */
    w.env.clock += LIMIT_PERSON_MS;
    for (int i = 0; i < LIMIT_PAIR; i++) {
        const char *address = world_line(&w, "2001:db8::%x", i + 1);
        assert_int_equal(limit_try(&w.ledger, T("clerk"), text_of(address), &until, &err), 1);
    }
    assert_int_equal(limit_try(&w.ledger, T("clerk"), T("2001:db8::ffff"), &until, &err), 0);
    /* What is over is forgotten: the table does not grow. */
    w.env.clock += LIMIT_PERSON_MS;
    assert_int_equal(limit_try(&w.ledger, T("clerk"), T(HERE), &until, &err), 1);
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM attempt"), 3);
}

/* --- the second factor ----------------------------------------------------------------------- */

/* The secret in an otpauth:// text. */
static struct text secret_of(const struct buf *uri, char out[static TOTP_SECRET])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct text t = buf_view(uri);
    uint32_t held = 0;
    int bits = 0, n = 0;

    t = text_from(t, (size_t)text_find(t, T("secret=")) + 7);
    for (size_t i = 0; i < 32; i++) {
        held = held << 5 | (uint32_t)(strchr(letters, t.p[i]) - letters);
        if ((bits += 5) >= 8)
            out[n++] = (char)(held >> (bits -= 8));
    }
    return (struct text){out, TOTP_SECRET};
}

static const char *code_at(struct text secret, int64_t ms)
{
    char *code = arena_take(&w.arena, 9);

    totp_code(secret, ms / TOTP_STEP_MS, TOTP_DIGITS, code);
    return code;
}

/* Enrols the person; the secret's bytes go to bytes. */
static struct text enrol(const char *person, char bytes[static TOTP_SECRET],
                         char codes[static RECOVERY_CODES][RECOVERY_TEXT])
{
    buf_auto struct buf uri = BUF(4096);
    struct text secret;

    assert_int_equal(second_enrol(&w.ledger, text_of(person), &uri, &err), 0);
    secret = secret_of(&uri, bytes);
    assert_int_equal(second_confirm(&w.ledger, text_of(person),
                                    text_of(code_at(secret, w.env.clock)), T(""), codes, &err),
                     1);
    w.env.clock += TOTP_STEP_MS;
    return secret;
}

static void a_code_is_asked_for_and_counts_once(void **state)
{
    char bytes[TOTP_SECRET], codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct text secret;
    const char *code;

    (void)state;
    secret = enrol("clerk", bytes, codes);
    code = code_at(secret, w.env.clock);
    answers("clerk", PASSWORD, "", SIGNIN_CODE);
    answers("clerk", "wrong password", code, SIGNIN_REFUSED);
    answers("clerk", PASSWORD, code, SIGNIN_DONE);
    answers("clerk", PASSWORD, code, SIGNIN_CODE); /* overheard, and too late */
    /* An older one that was never used is over as well. */
    answers("clerk", PASSWORD, code_at(secret, w.env.clock - TOTP_STEP_MS), SIGNIN_CODE);
    w.env.clock += TOTP_STEP_MS;
    answers("clerk", PASSWORD, code_at(secret, w.env.clock), SIGNIN_DONE);
}

static void wrong_codes_are_limited(void **state)
{
    char bytes[TOTP_SECRET], codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct text secret;
    const char *wrong;

    (void)state;
    secret = enrol("clerk", bytes, codes);
    wrong = code_at(secret, w.env.clock + HOUR);
    for (int i = 0; i < LIMIT_PAIR; i++)
        answers("clerk", PASSWORD, wrong, SIGNIN_CODE);
    answers("clerk", PASSWORD, code_at(secret, w.env.clock), SIGNIN_WAIT);
}

static void recovery_codes_count_once_each(void **state)
{
    char bytes[TOTP_SECRET], codes[RECOVERY_CODES][RECOVERY_TEXT], typed[RECOVERY_TEXT];
    int64_t left;

    (void)state;
    enrol("clerk", bytes, codes);
    assert_int_equal(second_has(&w.ledger, T("clerk"), &left, &err), 1);
    assert_int_equal(left, RECOVERY_CODES);
    answers("clerk", PASSWORD, codes[3], SIGNIN_DONE);
    answers("clerk", PASSWORD, codes[3], SIGNIN_CODE);
    /* Typed in capitals and with spaces. */
    for (int i = 0; i < RECOVERY_TEXT; i++)
        typed[i] = (char)(codes[4][i] == '-'                         ? ' '
                          : codes[4][i] >= 'a' && codes[4][i] <= 'z' ? codes[4][i] - 32
                                                                     : codes[4][i]);
    answers("clerk", PASSWORD, typed, SIGNIN_DONE);
    assert_int_equal(second_has(&w.ledger, T("clerk"), &left, &err), 1);
    assert_int_equal(left, RECOVERY_CODES - 2);
    /* They are one person's: nobody else gets in with them. */
    assert_int_equal(password_set(&w.ledger, T("leader"), T(PASSWORD), &err), 0);
    enrol("leader", bytes, (char[RECOVERY_CODES][RECOVERY_TEXT]){""});
    answers("leader", PASSWORD, codes[5], SIGNIN_CODE);
}

static void enrolment_counts_when_it_is_confirmed(void **state)
{
    buf_auto struct buf uri = BUF(4096);
    char bytes[TOTP_SECRET], second[TOTP_SECRET], codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct text first, next;

    (void)state;
    assert_int_equal(second_enrol(&w.ledger, T("clerk"), &uri, &err), 0);
    answers("clerk", PASSWORD, "", SIGNIN_DONE);
    assert_int_equal(second_confirm(&w.ledger, T("clerk"), T("000000"), T(""), codes, &err), 0);
    assert_int_equal(second_confirm(&w.ledger, T("leader"), T("000000"), T(""), codes, &err), 0);
    answers("clerk", PASSWORD, "", SIGNIN_DONE);
    first = enrol("clerk", bytes, codes);
    /* A new telephone: until it has shown a code, the old one counts. */
    buf_clear(&uri);
    assert_int_equal(second_enrol(&w.ledger, T("clerk"), &uri, &err), 0);
    next = secret_of(&uri, second);
    answers("clerk", PASSWORD, code_at(next, w.env.clock), SIGNIN_CODE);
    answers("clerk", PASSWORD, code_at(first, w.env.clock), SIGNIN_DONE);
    assert_int_equal(second_confirm(&w.ledger, T("clerk"), text_of(code_at(next, w.env.clock)),
                                    T(""), codes, &err),
                     1);
    w.env.clock += TOTP_STEP_MS;
    answers("clerk", PASSWORD, code_at(first, w.env.clock), SIGNIN_CODE);
    answers("clerk", PASSWORD, code_at(next, w.env.clock), SIGNIN_DONE);
    assert_int_equal(second_reset(&w.ledger, T("clerk"), &err), 0);
    answers("clerk", PASSWORD, "", SIGNIN_DONE);
}

static void a_secret_moved_to_somebody_else_opens_for_nobody(void **state)
{
    char bytes[TOTP_SECRET], codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct text secret;

    (void)state;
    secret = enrol("leader", bytes, codes);
    assert_int_equal(
        store_script(w.ledger.store, "UPDATE second_factor SET person = 'clerk'", &err), 0);
    assert_int_equal(
        second_check(&w.ledger, T("clerk"), text_of(code_at(secret, w.env.clock)), &err), -1);
    assert_int_equal(err.code, ERR_SEAL_BROKEN);
}

/* --- sessions -------------------------------------------------------------------------------- */

static int opens(const char *token)
{
    struct session s;

    return session_get(&w.ledger, text_of(token), &s, &w.arena, &err);
}

static void open_session(const char *person, char token[static SESSION_TOKEN])
{
    assert_int_equal(session_open(&w.ledger, text_of(person), T("Browser 1"), T(HERE), token, &err),
                     0);
}

static void a_session_is_read_and_closed(void **state)
{
    char token[SESSION_TOKEN], other[SESSION_TOKEN], altered[SESSION_TOKEN];
    struct session s;

    (void)state;
    open_session("clerk", token);
    open_session("clerk", other);
    assert_string_not_equal(token, other);
    assert_int_equal(session_get(&w.ledger, text_of(token), &s, &w.arena, &err), 1);
    assert_true(text_eq(s.person, T("clerk")));
    assert_true(text_eq(s.address, T("192.0.2.0/24")));
    assert_true(text_eq(s.agent, T("Browser 1")));
    assert_false(s.touch);
    memcpy(altered, token, sizeof altered);
    altered[5] = altered[5] == 'A' ? 'B' : 'A';
    assert_int_equal(opens(altered), 0);
    assert_int_equal(opens(""), 0);
    assert_int_equal(opens(s.id), 0);
    assert_int_equal(session_close(&w.ledger, text_of(token), &err), 0);
    assert_int_equal(opens(token), 0);
    assert_int_equal(opens(other), 1);
}

static void idle_and_old_sessions_end(void **state)
{
    char token[SESSION_TOKEN], fresh[SESSION_TOKEN];
    struct session s;
    int64_t from;

    (void)state;
    open_session("clerk", token);
    w.env.clock += SESSION_IDLE_MS - MINUTE;
    assert_int_equal(session_get(&w.ledger, text_of(token), &s, &w.arena, &err), 1);
    assert_true(s.touch);
    w.env.clock += 2 * MINUTE;
    assert_int_equal(opens(token), 0); /* nobody said that it was used */
    open_session("clerk", token);
    from = w.env.clock;
    while (session_get(&w.ledger, text_of(token), &s, &w.arena, &err) == 1) {
        assert_true(s.expires - w.env.clock <= SESSION_IDLE_MS);
        assert_true(s.expires <= from + SESSION_ABSOLUTE_MS);
        assert_int_equal(session_touch(&w.ledger, text_of(token), &err), 0);
        w.env.clock += SESSION_IDLE_MS / 2;
    }
    assert_in_range(w.env.clock - from, SESSION_ABSOLUTE_MS,
                    SESSION_ABSOLUTE_MS + SESSION_IDLE_MS / 2 + MINUTE);
    open_session("clerk", fresh); /* sweeps */
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM session"), 1);
}

static void what_ends_all_sessions(void **state)
{
    char a[SESSION_TOKEN], b[SESSION_TOKEN], leader[SESSION_TOKEN], bytes[TOTP_SECRET];
    char codes[RECOVERY_CODES][RECOVERY_TEXT];

    (void)state;
    open_session("leader", leader);
    for (int i = 0; i < 5; i++) {
        open_session("clerk", a);
        open_session("clerk", b);
        assert_true(opens(a) == 1 && opens(b) == 1);
        switch (i) {
        case 0: assert_int_equal(session_close_all(&w.ledger, T("clerk"), &err), 0); break;
        case 1:
            assert_int_equal(password_set(&w.ledger, T("clerk"), T("another password"), &err), 0);
            break;
        case 2: enrol("clerk", bytes, codes); break;
        case 3: assert_int_equal(second_reset(&w.ledger, T("clerk"), &err), 0); break;
        default: world_do(&w, "owner", "person clerk --unit OFFICE --role clerk --inactive");
        }
        assert_true(opens(a) == 0 && opens(b) == 0);
    }
    /* They do not come back when the person does. */
    world_do(&w, "owner", "person clerk --unit OFFICE --role clerk");
    assert_true(opens(a) == 0 && opens(b) == 0);
    assert_int_equal(opens(leader), 1);
}

static void a_list_of_ones_own_sessions(void **state)
{
    char a[SESSION_TOKEN], b[SESSION_TOKEN];
    struct session *list, s;
    size_t count;

    (void)state;
    open_session("clerk", a);
    open_session("clerk", b);
    assert_int_equal(session_list(&w.ledger, T("clerk"), &list, &count, &w.arena, &err), 0);
    assert_int_equal(count, 2);
    session_get(&w.ledger, text_of(a), &s, &w.arena, &err);
    assert_string_equal(list[1].id, s.id);
    /* By its id one of one's own is ended, and nobody else's. */
    assert_int_equal(session_close_one(&w.ledger, T("leader"), text_of(s.id), &err), 0);
    assert_int_equal(opens(a), 1);
    assert_int_equal(session_close_one(&w.ledger, T("clerk"), text_of(s.id), &err), 0);
    assert_true(opens(a) == 0 && opens(b) == 1);
}

static void forms_carry_the_sessions_secret(void **state)
{
    char a[SESSION_TOKEN], b[SESSION_TOKEN], csrf[SESSION_TOKEN];

    (void)state;
    open_session("clerk", a);
    open_session("clerk", b);
    session_csrf(text_of(a), csrf);
    assert_true(session_csrf_fits(text_of(a), text_of(csrf)));
    assert_false(session_csrf_fits(text_of(b), text_of(csrf)));
    assert_false(session_csrf_fits(text_of(a), T("")));
    assert_false(session_csrf_fits(text_of(a), text_of(a)));
    csrf[0] ^= 1;
    assert_false(session_csrf_fits(text_of(a), text_of(csrf)));
}

/* --- tokens ---------------------------------------------------------------------------------- */

static int shows(const char *token, unsigned needed)
{
    struct token t;
    int rc = token_get(&w.ledger, text_of(token), &t, &w.arena, &err);

    return rc == 1 && token_allows(t.scopes, needed);
}

static void tokens_open_what_they_are_for(void **state)
{
    char token[TOKEN_TEXT], altered[TOKEN_TEXT];
    struct token t, *list;
    size_t count;

    (void)state;
    assert_int_equal(token_make(&w.ledger, T("clerk"), TOKEN_READ | TOKEN_WRITE, w.env.clock + HOUR,
                                T("报表系统"), token, &err),
                     0);
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_int_equal(token_get(&w.ledger, text_of(token), &t, &w.arena, &err), 1);
    assert_true(text_eq(t.person, T("clerk")) && t.touch && t.used == 0);
    assert_true(shows(token, TOKEN_READ) && shows(token, TOKEN_WRITE) &&
                !shows(token, TOKEN_ADMIN) && !shows(token, TOKEN_READ | TOKEN_ADMIN));
    assert_int_equal(token_touch(&w.ledger, &t, &err), 0);
    assert_int_equal(token_get(&w.ledger, text_of(token), &t, &w.arena, &err), 1);
    assert_true(!t.touch && t.used > 0);
    for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
        memcpy(altered, token, sizeof altered);
        altered[i] ^= 1;
        assert_int_equal(shows(altered, 0), 0);
    }
    assert_int_equal(token_list(&w.ledger, T("clerk"), &list, &count, &w.arena, &err), 0);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].id, t.id);
    assert_int_equal(token_revoke(&w.ledger, T("leader"), text_of(t.id), &err), 0);
    assert_int_equal(shows(token, 0), 1);
    assert_int_equal(token_revoke(&w.ledger, T("clerk"), text_of(t.id), &err), 1);
    assert_int_equal(shows(token, 0), 0);
}

static void tokens_end(void **state)
{
    char token[TOKEN_TEXT];

    (void)state;
    assert_int_equal(
        token_make(&w.ledger, T("clerk"), TOKEN_ALL, w.env.clock + HOUR, T("x"), token, &err), 0);
    w.env.clock += HOUR;
    assert_int_equal(shows(token, 0), 0);
    assert_int_equal(
        token_make(&w.ledger, T("clerk"), TOKEN_ALL, w.env.clock + HOUR, T("x"), token, &err), 0);
    world_do(&w, "owner", "person clerk --unit OFFICE --role clerk --inactive");
    assert_int_equal(shows(token, 0), 0);
    world_do(&w, "owner", "person clerk --unit OFFICE --role clerk");
    assert_int_equal(shows(token, 0), 0);
}

static void what_no_token_can_be(void **state)
{
    const int64_t hour = HOUR, year = INT64_C(367) * 24 * HOUR;
    const struct {
        unsigned scopes;
        int64_t expires;
        struct text label;
    } rows[] = {{0, hour, T("x")}, {8, hour, T("x")},  {1, 0, T("x")},      {1, -hour, T("x")},
                {1, year, T("x")}, {1, hour, T("  ")}, {1, hour, T("\xff")}};
    char token[TOKEN_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(token_make(&w.ledger, T("clerk"), rows[i].scopes,
                                    w.env.clock + rows[i].expires, rows[i].label, token, &err),
                         -1);
        assert_int_equal(err.code, ERR_BAD_VALUE);
    }
    assert_int_equal(token_scopes(T("read,write")), TOKEN_READ | TOKEN_WRITE);
    assert_int_equal(token_scopes(T("admin")), TOKEN_ADMIN);
    assert_int_equal(token_scopes(T("read,everything")), 0);
    assert_int_equal(token_scopes(T("")), 0);
    for (int i = 0; i < TOKENS_MAX; i++)
        assert_int_equal(
            token_make(&w.ledger, T("clerk"), 1, w.env.clock + HOUR, T("x"), token, &err), 0);
    assert_int_equal(token_make(&w.ledger, T("clerk"), 1, w.env.clock + HOUR, T("x"), token, &err),
                     -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

/* --- links ----------------------------------------------------------------------------------- */

#define ISSUER T("https://id.example")

static void links_are_exact(void **state)
{
    struct text person;

    (void)state;
    assert_int_equal(identity_link(&w.ledger, T("clerk"), ISSUER, T("Sub-1"), &err), 1);
    assert_int_equal(identity_link(&w.ledger, T("leader"), ISSUER, T("Sub-1"), &err), 0);
    assert_int_equal(identity_link(&w.ledger, T("leader"), T("ldap"), T("Li.Si"), &err), 1);
    assert_int_equal(identity_person(&w.ledger, ISSUER, T("Sub-1"), &person, &w.arena, &err), 1);
    assert_true(text_eq(person, T("clerk")));
    assert_int_equal(identity_person(&w.ledger, ISSUER, T("sub-1"), &person, &w.arena, &err), 0);
    assert_int_equal(
        identity_person(&w.ledger, T("https://id.example/"), T("Sub-1"), &person, &w.arena, &err),
        0);
    assert_int_equal(identity_person(&w.ledger, T("ldap"), T("li.si"), &person, &w.arena, &err), 1);
    assert_int_equal(identity_person(&w.ledger, T("ldap"), T("LI.SI"), &person, &w.arena, &err), 1);
    assert_int_equal(identity_unlink(&w.ledger, T("leader"), ISSUER, T("Sub-1"), &err), 0);
    assert_int_equal(identity_unlink(&w.ledger, T("clerk"), ISSUER, T("Sub-1"), &err), 1);
    assert_int_equal(identity_person(&w.ledger, ISSUER, T("Sub-1"), &person, &w.arena, &err), 0);
    world_do(&w, "owner", "person leader --unit OFFICE --role leader --inactive");
    assert_int_equal(identity_person(&w.ledger, T("ldap"), T("li.si"), &person, &w.arena, &err), 0);
}

/* --- what lies in the database ---------------------------------------------------------------- */

static int find_in(void *arg, struct text block, struct err *e)
{
    struct buf *all = arg;

    buf_text(all, block);
    return all->failed ? err_set(e, NO_MEMORY) : 0;
}

/* Session and API tokens, codes, the secret and the password are nowhere in the files; what is no
 * secret is, so the search finds. */
static void no_secret_lies_in_the_database(void **state)
{
    buf_auto struct buf uri = BUF(4096), all = BUF(BUF_ANY);
    char folder[] = "/tmp/xiaohao-signin-XXXXXX", path[64], wal[80];
    char session[SESSION_TOKEN], token[TOKEN_TEXT], csrf[SESSION_TOKEN], bytes[TOTP_SECRET];
    char codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct text secret, base32;
    struct store *store;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ledger.db", folder);
    snprintf(wal, sizeof wal, "%s-wal", path);
    store = sqlite_open(path, &(struct sqlite_options){.create = true}, &err);
    assert_non_null(store);
    assert_int_equal(world_make(&w, store, &err), 0);
    assert_int_equal(world_cast(&w, &err), 0);
    assert_int_equal(password_set(&w.ledger, T("clerk"), T(PASSWORD), &err), 0);
    assert_int_equal(second_enrol(&w.ledger, T("clerk"), &uri, &err), 0);
    secret = secret_of(&uri, bytes);
    assert_int_equal(second_confirm(&w.ledger, T("clerk"), text_of(code_at(secret, w.env.clock)),
                                    T(""), codes, &err),
                     1);
    base32 = text_head(
        text_from(buf_view(&uri), (size_t)text_find(buf_view(&uri), T("secret=")) + 7), 32);
    open_session("clerk", session);
    session_csrf(text_of(session), csrf);
    assert_int_equal(
        token_make(&w.ledger, T("clerk"), 1, w.env.clock + HOUR, T("a label to find"), token, &err),
        0);
    assert_int_equal(file_scan(path, find_in, &all, &err), 0);
    assert_int_equal(file_scan(wal, find_in, &all, &err), 0);
    assert_true(text_has(buf_view(&all), T("a label to find")));
    assert_false(text_has(buf_view(&all), T(PASSWORD)));
    assert_false(text_has(buf_view(&all), secret));
    assert_false(text_has(buf_view(&all), base32));
    assert_false(text_has(buf_view(&all), text_of(session)));
    assert_false(text_has(buf_view(&all), text_of(csrf)));
    assert_false(text_has(buf_view(&all), text_of(token + 12)));
    for (int i = 0; i < RECOVERY_CODES; i++)
        assert_false(text_has(buf_view(&all), text_of(codes[i])));
    world_close(&w);
    world_remove(folder);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        test(name_or_code_and_password),
        test(refusals_are_all_alike),
        test(nobody_costs_what_somebody_costs),
        test(tries_are_limited_and_the_limit_passes),
        test(unknown_names_are_limited_alike),
        test(right_passwords_are_not_counted),
        test(a_person_and_an_address_have_limits_of_their_own),
        test(a_code_is_asked_for_and_counts_once),
        test(wrong_codes_are_limited),
        test(recovery_codes_count_once_each),
        test(enrolment_counts_when_it_is_confirmed),
        test(a_secret_moved_to_somebody_else_opens_for_nobody),
        test(a_session_is_read_and_closed),
        test(idle_and_old_sessions_end),
        test(what_ends_all_sessions),
        test(a_list_of_ones_own_sessions),
        test(forms_carry_the_sessions_secret),
        test(tokens_open_what_they_are_for),
        test(tokens_end),
        test(what_no_token_can_be),
        test(links_are_exact),
        cmocka_unit_test(no_secret_lies_in_the_database),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
