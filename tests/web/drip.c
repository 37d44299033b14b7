/*
 * drip.c: visitors who take their time, against a server whose clock stands still until the test
 * moves it on. So nothing here waits for time to pass, only for what the server then does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "office/signin/session.h"
#include "web/server.h"
#include "world.h"

enum { SECOND = 1000, HEAD = 30 * SECOND, BODY = 60 * SECOND, PATIENCE_S = 60 };

static struct env env;
static struct app app;
static struct server *server;
static char dir[64];
static int64_t clock_ms = INT64_C(1790000000000);

static int64_t now(struct env *e)
{
    (void)e;
    return __atomic_load_n(&clock_ms, __ATOMIC_SEQ_CST);
}

static void pass(int64_t ms)
{
    __atomic_add_fetch(&clock_ms, ms, __ATOMIC_SEQ_CST);
}

/* Items enough for a list that no socket holds. */
static int fill(struct ledger *l, struct err *err)
{
    enum { LONG = 8000, MANY = 150 };
    struct world w = {.env = env, .ledger = *l, .arena = ARENA(16 << 20)};
    char text[LONG + 1];
    int rc = world_cast(&w, err);

    memset(text, 'x', LONG);
    text[LONG] = '\0';
    for (int i = 0; rc == 0 && i < MANY; i++)
        world_do(&w, "clerk", world_line(&w, "register HZ --text %s", text));
    *l = w.ledger;
    arena_release(&w.arena);
    return rc;
}

static int open_server(void **state)
{
    struct server_options options = {.address = T("127.0.0.1:0"), .head_ms = HEAD, .body_ms = BODY};
    struct ledger ledger;
    struct err err = {0};

    (void)state;
    env = env_system();
    env.now = now;
    snprintf(dir, sizeof dir, "/tmp/xh-drip-XXXXXX");
    if (mkdtemp(dir) == NULL || rmdir(dir) != 0)
        return -1;
    if (ledger_create(&ledger, dir, &(struct ledger_new){.name = T("drip")}, &env, &err) != 0 ||
        fill(&ledger, &err) != 0)
        return -1;
    ledger_close(&ledger);
    if (app_open(&app, dir, NULL, &env, &err) != 0)
        return -1;
    server = server_open(&app, &options, &err);
    return server ? 0 : -1;
}

static int close_server(void **state)
{
    (void)state;
    server_close(server);
    app_close(&app);
    world_remove(dir);
    return 0;
}

/* --- a visitor ---------------------------------------------------------------------------------
 */

static int visit(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(server))};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int s = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), 0);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return s;
}

static void say_to(int s, const char *text, size_t n)
{
    /* What the server no longer takes is lost. */
    ssize_t ignored = send(s, text, n, MSG_NOSIGNAL);
    (void)ignored;
}

/* The answer's status, with the whole of it read as far as one recv gives it; 0 when the server
 * ended the connection without one. Fails when nothing comes. */
static int status_of(int s)
{
    char text[65536];
    ssize_t n = recv(s, text, sizeof text - 1, 0);

    assert_true(n >= 0 || errno == ECONNRESET);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    assert_int_equal(strncmp(text, "HTTP/1.1 ", 9), 0);
    return atoi(text + 9);
}

/* A byte each `ms`, until the connection is ended or 500 were sent. */
static void drip_to_the_end(int s, int64_t ms)
{
    struct timeval blink = {.tv_usec = 100 * 1000};
    bool ended = false;
    char one;

    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &blink, sizeof blink);
    for (int i = 0; i < 500 && !ended; i++) {
        say_to(s, "a", 1);
        pass(ms);
        ended = recv(s, &one, 1, 0) >= 0 || errno == ECONNRESET;
    }
    assert_true(ended);
    close(s);
}

static const char head[] = "GET /health HTTP/1.1\r\nHost: x\r\nX: 12345678901234567890\r\n\r\n";
static const char form[] = "POST /language HTTP/1.1\r\nHost: x\r\nContent-Type: "
                           "application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n";

/* Somebody who does not drip is served, whatever the others do. */
static void served(void)
{
    int s = visit();

    say_to(s, head, sizeof head - 1);
    assert_int_equal(status_of(s), 200);
    close(s);
}

/* --- tests -------------------------------------------------------------------------------------
 */

static void a_head_byte_by_byte_is_taken(void **state)
{
    int s = visit();

    (void)state;
    for (size_t i = 0; i < sizeof head - 1; i++) {
        say_to(s, head + i, 1);
        pass(100);
    }
    assert_int_equal(status_of(s), 200);
    /* And the same connection again, when the first answer is long past. */
    pass(HEAD / 2);
    say_to(s, head, sizeof head - 1);
    assert_int_equal(status_of(s), 200);
    close(s);
}

static void a_dripping_head_ends(void **state)
{
    int s = visit();

    (void)state;
    /* Within the request line, each time before anybody could call it silent. */
    say_to(s, "GET /", 5);
    drip_to_the_end(s, 14 * SECOND);
    s = visit();
    say_to(s, head, 40);
    drip_to_the_end(s, 14 * SECOND);
    served();
}

static void a_connection_that_asks_nothing_ends(void **state)
{
    int s = visit(), kept = visit();

    (void)state;
    say_to(kept, head, sizeof head - 1);
    assert_int_equal(status_of(kept), 200);
    served(); /* the server has seen them all */
    pass(HEAD + 1);
    assert_int_equal(status_of(s), 0);
    assert_int_equal(status_of(kept), 0);
    close(s);
    close(kept);
    served();
}

static void a_dripping_body_ends(void **state)
{
    int s = visit();

    (void)state;
    say_to(s, form, sizeof form - 1);
    drip_to_the_end(s, 25 * SECOND);
    served();
}

/* Waits until that much of a file has come in. */
static void wait_for_upload(int64_t size)
{
    char path[128];
    struct stat is = {0};

    for (int i = 0; is.st_size < size; i++) {
        DIR *folder;
        struct dirent *e;
        assert_true(i < PATIENCE_S * 100);
        usleep(10 * 1000);
        snprintf(path, sizeof path, "%s/uploads", dir);
        folder = opendir(path);
        while (folder && (e = readdir(folder)))
            if (e->d_name[0] != '.' && fstatat(dirfd(folder), e->d_name, &is, 0) != 0)
                is.st_size = 0;
        if (folder)
            closedir(folder);
    }
}

static void a_long_body_has_its_time(void **state)
{
    enum { PIECE = 1000000, PIECES = 5 };
    static char piece[PIECE];
    char token[SESSION_TOKEN], text[512];
    struct err err = {0};
    int s, n;

    (void)state;
    assert_int_equal(session_open(&app.readers[PRIMARY][0].ledger, text_of(app.writer.owner), T(""),
                                  T(""), token, &err),
                     0);
    n = snprintf(text, sizeof text,
                 "POST /items/X/report HTTP/1.1\r\nHost: x\r\nCookie: session=%s\r\nContent-Type: "
                 "multipart/form-data; boundary=xhxh\r\nContent-Length: %d\r\n\r\n--xhxh\r\n"
                 "Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n",
                 token, 69 + PIECE * PIECES + 12);
    s = visit();
    say_to(s, text, (size_t)n);
    /* 20 KB a second: longer in all than a body may take, and fast enough. */
    for (int i = 1; i <= PIECES; i++) {
        say_to(s, piece, PIECE);
        wait_for_upload((int64_t)i * PIECE - PIECE / 8);
        pass(PIECE / 20);
    }
    say_to(s, "\r\n--xhxh--\r\n", 12);
    assert_int_equal(status_of(s), 403); /* whole, and not from a form of the session */
    close(s);
}

/* Takes so many bytes of an export each second until it is over; true when the whole of it came. */
static bool takes_an_export(int a_second)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(server))};
    int s = socket(AF_INET, SOCK_STREAM, 0), small = 4096, segment = 536, n;
    char token[SESSION_TOKEN], text[512], got[16384], last[6] = "";
    struct timeval patience = {.tv_sec = PATIENCE_S};
    struct err err = {0};
    ssize_t came = 0;

    /* Little lies in the sockets: the server feels how fast it is taken. */
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), 0);
    struct ledger *l = app_borrow(&app, PRIMARY, &err);
    assert_non_null(l);
    assert_int_equal(session_open(l, T("clerk"), T(""), T(""), token, &err), 0);
    app_return(&app, l);
    n = snprintf(
        text, sizeof text,
        "GET /export/problems?format=csv HTTP/1.1\r\nHost: x\r\nCookie: session=%s\r\n\r\n", token);
    say_to(s, text, (size_t)n);
    while (strcmp(last, "0\r\n\r\n") != 0 &&
           (came = recv(s, got, (size_t)a_second < sizeof got ? (size_t)a_second : sizeof got, 0)) >
               0) {
        for (ssize_t i = came > 5 ? came - 5 : 0; i < came; i++) {
            memmove(last, last + 1, 4);
            last[4] = got[i];
        }
        pass(came * SECOND / a_second);
    }
    close(s);
    return came > 0;
}

static void an_export_has_its_time_and_no_more(void **state)
{
    (void)state;
    assert_true(takes_an_export(24 * 1024));
    /* Never silent, and yet it would have held its snapshot of the ledger for twenty minutes. */
    assert_false(takes_an_export(1024));
    served();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_byte_by_byte_is_taken),
        cmocka_unit_test(a_dripping_head_ends),
        cmocka_unit_test(a_connection_that_asks_nothing_ends),
        cmocka_unit_test(a_dripping_body_ends),
        cmocka_unit_test(a_long_body_has_its_time),
        cmocka_unit_test(an_export_has_its_time_and_no_more),
    };

    return cmocka_run_group_tests(tests, open_server, close_server);
}
