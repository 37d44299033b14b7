/*
 * ask.c: signs in from outside as the web workplace would, with a ledger and its config.json; what
 * comes of it is printed. slapd.py and oidc.py drive it against real servers.
 *
 *   ask LEDGER password USER ADDRESS    the password stands on standard input
 *   ask LEDGER service REDIRECT     prints the service's address; then reads lines of "code state
 * iss"
 *                                   ("-" for none) and prints what comes of each
 */
#include <stdio.h>
#include <stdlib.h>

#include "office/signin/signin.h"

static struct ledger ledger;
static struct outside outside;
static struct arena arena = {.cap = 1u << 22};
static struct err err;
static struct env system_clock;
static int64_t later;

static int64_t now(struct env *env)
{
    (void)env;
    return system_clock.now(&system_clock) + later;
}

static int failure(void)
{
    buf_auto struct buf out = BUF(4096);

    err_say(&out, LANG_EN, &err);
    printf("failure: %s\n", buf_cstr(&out));
    fflush(stdout);
    return 1;
}

static int password(const char *user, const char *address)
{
    static const char *const words[] = {"refused", "wait", "code", "done"};
    char line[2048] = "";
    struct signin_try t = {.name = text_of(user), .address = text_of(address)};
    struct signin_check check;
    struct signin s;
    int rc;

    if (fgets(line, sizeof line, stdin))
        line[strcspn(line, "\n")] = '\0';
    t.password = text_of(line);
    rc = signin_begin(&ledger, &outside, &t, &check, &s, &arena, &err);
    if (rc < 0 || (rc == 1 && (signin_look(&outside, &t, &check, &arena, &err) != 0 ||
                               signin_end(&ledger, &t, &check, &s, &err) != 0)))
        return failure();
    printf("%s %.*s\n", words[s.answer], TEXT_ARG(s.person));
    return 0;
}

static struct text word(struct text *rest)
{
    struct text w = {0};

    if (!text_cut(rest, ' ', &w) || text_eq(w, T("-")))
        return (struct text){0};
    return w;
}

static int service(const char *redirect)
{
    buf_auto struct buf url = BUF(8192);
    struct oidc_kept kept, back;
    struct outside_person who;
    char line[8192], text[OIDC_KEPT_TEXT];

    if (signin_service_begin(&outside, text_of(redirect), &kept, &url, &err) != 0)
        return failure();
    printf("%s\n", buf_cstr(&url));
    fflush(stdout);
    oidc_kept_write(&kept, text);
    while (fgets(line, sizeof line, stdin)) {
        struct text rest = {line, strcspn(line, "\n")};
        struct oidc_answer answer = {0};
        if (text_starts(rest, T("later "))) {
            int64_t ms = 0;
            text_int(text_from(rest, 6), &ms);
            later += ms;
            continue;
        }
        answer.code = word(&rest);
        answer.state = word(&rest);
        answer.issuer = word(&rest);
        answer.error = word(&rest);
        if (!oidc_kept_read(&back, text_of(text)) ||
            signin_service_finish(&ledger, &outside, text_of(redirect), &back, &answer, &who,
                                  &arena, &err) != 0)
            failure();
        else
            printf("%.*s|%.*s|%.*s|%.*s|%.*s\n", TEXT_ARG(who.person), TEXT_ARG(who.claims.subject),
                   TEXT_ARG(who.claims.username), TEXT_ARG(who.claims.email),
                   TEXT_ARG(who.claims.name));
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct env env = env_system();
    int status = 2;

    system_clock = env;
    env.now = now;
    if (argc < 4)
        return 2;
    if (ledger_open(&ledger, argv[1], false, &env, &err) != 0)
        return failure();
    if (outside_load(&outside, &ledger, &err) != 0)
        status = failure();
    else if (strcmp(argv[2], "password") == 0 && argc == 5)
        status = password(argv[3], argv[4]);
    else if (strcmp(argv[2], "service") == 0)
        status = service(argv[3]);
    outside_release(&outside);
    ledger_close(&ledger);
    arena_release(&arena);
    return status;
}
