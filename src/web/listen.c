/* listen.c: see listen.h. */
#include "web/listen.h"

#include <arpa/inet.h>

#include "base/buf.h"

bool listen_address(struct text given, struct sockaddr_storage *out, socklen_t *size)
{
    buf_auto struct buf host = BUF(64);
    size_t colon = given.n;
    int64_t port;
    struct text name;

    while (colon > 0 && given.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || !text_int(text_from(given, colon), &port) || port < 0 || port > 65535)
        return false;
    name = text_head(given, colon - 1);
    *out = (struct sockaddr_storage){0};
    if (name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']') {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
        buf_text(&host, (struct text){name.p + 1, name.n - 2});
        *size = sizeof *six;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, buf_cstr(&host), &six->sin6_addr) == 1;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    buf_text(&host, text_eq(name, T("localhost")) ? T("127.0.0.1") : name);
    *size = sizeof *four;
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, buf_cstr(&host), &four->sin_addr) == 1;
}
