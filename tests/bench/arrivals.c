/*
 * arrivals.c: sends requests at their times, whether or not earlier ones were answered.
 *
 *     bench_arrivals PORT CONNECTIONS <PLAN >ANSWERS
 *
 * A plan is the requests in the order of their times, each a line "MICROSECONDS LENGTH" and the
 * bytes of the request. A request that is due takes an idle connection, or a new one while there
 * are fewer than CONNECTIONS; otherwise it waits, as it would before a proxy, and that counts.
 *
 * The answers are a line for each request in the plan's order: when it was due, sent and answered,
 * in microseconds since the beginning, and the status; 0 where there came no answer. Where the
 * server closed a connection before a byte of the answer came, the request is sent again, once.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD = 8192, EVENTS = 64 };

struct asked {
    int64_t due, sent, answered;
    size_t size;
    const char *bytes;
    int status;
    bool again;
};

struct link {
    int fd;
    struct asked *asked; /* NULL: idle */
    struct link *next;   /* of those that are idle */
    char head[HEAD + 1];
    size_t got;  /* bytes of the head */
    size_t left; /* of the body, once the head is whole */
    bool whole;
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static struct link *idle;
static size_t busy, links, most;
static double start;
static int events;

static int64_t now(void)
{
    return (int64_t)((seconds() - start) * 1e6);
}

/* A number and what stands behind it, which must be `end`. */
static int64_t number(char **at, char end)
{
    char *after;
    long long n = strtoll(*at, &after, 10);

    if (after == *at || *after != end || n < 0)
        die("the plan is broken: %.40s", *at);
    *at = after + 1;
    return n;
}

static struct asked *read_plan(size_t *count)
{
    size_t size = 0, room = 1u << 20, n = 0, have = 0;
    char *text = malloc(room + 1), *at;
    struct asked *all = NULL;

    for (size_t got; text && (got = fread(text + size, 1, room - size, stdin)) > 0;)
        if ((size += got) == room)
            text = realloc(text, (room *= 2) + 1);
    if (text == NULL)
        die("no memory for the plan");
    text[size] = '\0';
    for (at = text; at < text + size; n++) {
        if (n == have && (all = realloc(all, (have = 2 * have + 1024) * sizeof *all)) == NULL)
            die("no memory for the plan");
        all[n] = (struct asked){.due = number(&at, ' ')};
        all[n].size = (size_t)number(&at, '\n');
        all[n].bytes = at;
        if (all[n].size > (size_t)(text + size - at))
            die("the plan ends within a request");
        at += all[n].size;
    }
    *count = n;
    return all;
}

static void link_open(struct link *l)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = l};

    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&server, sizeof server) != 0 ||
        epoll_ctl(events, EPOLL_CTL_ADD, l->fd, &event) != 0)
        die("no connection to the server: %s", strerror(errno));
}

static void link_close(struct link *l)
{
    close(l->fd);
    l->fd = -1;
}

/* Requests are small: the socket takes one at once. What it does not take, the answer shows. */
static void link_send(struct link *l)
{
    if (l->fd < 0)
        link_open(l);
    l->got = l->left = 0;
    l->whole = false;
    if (send(l->fd, l->asked->bytes, l->asked->size, MSG_NOSIGNAL) != (ssize_t)l->asked->size)
        shutdown(l->fd, SHUT_RDWR);
}

static void ask(struct asked *a)
{
    struct link *l = idle;

    if (l)
        idle = l->next;
    else if ((l = calloc(1, sizeof *l)) == NULL)
        die("no memory for a connection");
    else {
        l->fd = -1;
        links++;
    }
    busy++;
    l->asked = a;
    a->sent = now();
    link_send(l);
}

static void answered(struct link *l, int status)
{
    l->asked->answered = now();
    l->asked->status = status;
    l->asked = NULL;
    l->next = idle;
    idle = l;
    busy--;
}

static void lost(struct link *l)
{
    link_close(l);
    if (l->asked && l->got == 0 && !l->asked->again) {
        l->asked->again = true;
        link_send(l);
    } else if (l->asked)
        answered(l, 0);
}

/* Takes the head when it is whole. False: this is no answer with a length. */
static bool read_head(struct link *l)
{
    char *end, *length;

    l->head[l->got] = '\0';
    end = strstr(l->head, "\r\n\r\n");
    if (end == NULL)
        return l->got < HEAD;
    length = strcasestr(l->head, "\r\nContent-Length:");
    if (strncmp(l->head, "HTTP/1.1 ", 9) != 0 || length == NULL || length > end)
        return false;
    l->whole = true;
    l->left = (size_t)strtoull(length + 17, NULL, 10) - (size_t)(l->head + l->got - end - 4);
    return true;
}

static void take(struct link *l)
{
    static char body[1u << 16];
    ssize_t n = l->asked && !l->whole ? recv(l->fd, l->head + l->got, HEAD - l->got, 0)
                                      : recv(l->fd, body, sizeof body, 0);

    if (n <= 0 || l->asked == NULL) {
        lost(l);
        return;
    }
    if (l->whole)
        l->left -= (size_t)n;
    else {
        l->got += (size_t)n;
        if (!read_head(l)) {
            lost(l);
            return;
        }
    }
    if (l->whole && l->left == 0)
        answered(l, atoi(l->head + 9));
}

int main(int argc, char **argv)
{
    struct epoll_event ready[EVENTS];
    struct asked *all;
    size_t count, next = 0;

    if (argc != 3 || (most = (size_t)atoi(argv[2])) == 0)
        die("bench_arrivals PORT CONNECTIONS <PLAN >ANSWERS");
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    all = read_plan(&count);
    events = epoll_create1(EPOLL_CLOEXEC);
    start = seconds();
    while (next < count || busy) {
        int64_t wait = 1000000;
        while (next < count && all[next].due <= now() && (idle || links < most))
            ask(&all[next++]);
        if (next < count && (idle || links < most))
            wait = all[next].due - now();
        struct timespec until = {.tv_nsec = 1000 * (wait < 0 ? 0 : wait > 999999 ? 999999 : wait)};
        int n = epoll_pwait2(events, ready, EVENTS, &until, NULL);
        for (int i = 0; i < n; i++)
            take(ready[i].data.ptr);
    }
    for (size_t i = 0; i < count; i++)
        printf("%lld %lld %lld %d\n", (long long)all[i].due, (long long)all[i].sent,
               (long long)all[i].answered, all[i].status);
    return 0;
}
