/* cmd_serve.c: `serve`: the web workplace, until somebody ends it. */
#include <signal.h>

#include "base/file.h"
#include "cli/cli.h"
#include "ledger/verify.h"
#include "web/server.h"

/* Waits for the signal that ends the server: Ctrl-C, or what a service manager sends. */
static void wait_for_end(const sigset_t *set)
{
    int signal;

    while (sigwait(set, &signal) != 0)
        ;
}

/* An old state that was put in place of a newer one is said and served, since work must go on; one
 * that is no beginning of it is not served. */
static int check_held(struct cli *c, struct ledger *l, const char *kept, struct err *err)
{
    struct text held;

    if (kept == NULL)
        return 0;
    if (file_read(kept, NOTE_MAX, &c->arena, &held, err) != 0)
        return -1;
    if (verify_held(l, held, err) == 0)
        return 0;
    if (err->code != ERR_ROLLED_BACK)
        return -1;
    cli_fail(c, err);
    return 0;
}

int cmd_serve(struct cli *c)
{
    const char *listen = cli_option(c, "listen");
    struct server_options options = {.address = text_of(listen ? listen : "127.0.0.1:8080"),
                                     .certificate = cli_option(c, "certificate"),
                                     .key = cli_option(c, "key"),
                                     .proxied = cli_option(c, "proxied") != NULL,
                                     .log = cli_option(c, "quiet") == NULL};
    buf_auto struct buf out = BUF(8192), port = BUF(16);
    struct err err = {0};
    struct server *server;
    struct app app;
    sigset_t set;

    /* Blocked before any thread begins, so that only wait_for_end hears them. */
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (app_open(&app, c->dir, cli_option(c, "read"), &c->env, &err) != 0)
        return cli_fail(c, &err);
    server = check_held(c, &app.writer, cli_option(c, "checkpoint"), &err) == 0
                 ? server_open(&app, &options, &err)
                 : NULL;
    if (server == NULL) {
        app_close(&app);
        return cli_fail(c, &err);
    }
    buf_int(&port, server_port(server));
    say(&out, c->lang, N_("Serving {0} at {1}://{2} (port {3}). Ctrl-C ends it.\n"),
        text_of(app.writer.name), options.certificate ? T("https") : T("http"), options.address,
        buf_view(&port));
    cli_print(c, &out);
    fflush(stdout);
    wait_for_end(&set);
    app.stopping = true;
    server_close(server);
    app_close(&app);
    return EXIT_DONE;
}
