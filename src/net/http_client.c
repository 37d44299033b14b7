/* http_client.c: see http_client.h. The one file that knows libcurl. */
#include "net/http_client.h"

#include <curl/curl.h>
#include <pthread.h>

enum { TIMEOUT_MS = 10 * 1000, REDIRECTS = 3 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t take(char *bytes, size_t size, size_t n, void *out)
{
    buf_bytes(out, bytes, size * n);
    return ((struct buf *)out)->failed ? 0 : size * n;
}

void http_put_encoded(struct buf *out, struct text value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && strchr("-._~", c)))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

void http_put_param(struct buf *out, char sign, const char *key, struct text value)
{
    if (sign)
        buf_char(out, sign);
    buf_str(out, key);
    buf_char(out, '=');
    http_put_encoded(out, value);
}

/* "https://host[:port]": what an error names. The rest of an address may hold secrets. */
static struct text host_of(const char *url)
{
    struct text t = text_of(url);
    ptrdiff_t path = text_starts(t, T("https://")) ? text_find(text_from(t, 8), T("/")) : -1;

    return path < 0 ? text_clip(t, 200) : text_head(t, 8 + (size_t)path);
}

static CURLcode set_up(CURL *c, const struct http_request *r, struct curl_slist *headers,
                       struct buf *out)
{
    CURLcode rc = CURLE_OK;

#define SET(option, value) (rc = rc ? rc : curl_easy_setopt(c, CURLOPT_##option, value))
    SET(URL, r->url);
    SET(PROTOCOLS_STR, "https");
    SET(REDIR_PROTOCOLS_STR, "https");
    SET(FOLLOWLOCATION, r->form.p ? 0L : 1L);
    SET(MAXREDIRS, (long)REDIRECTS);
    SET(SSL_VERIFYPEER, 1L);
    SET(SSL_VERIFYHOST, 2L);
    SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(NOSIGNAL, 1L);
    SET(TIMEOUT_MS, (long)(r->timeout_ms ? r->timeout_ms : TIMEOUT_MS));
    SET(WRITEFUNCTION, take);
    SET(WRITEDATA, out);
    SET(HTTPHEADER, headers);
    SET(USERAGENT, "xiaohao/" XH_VERSION);
    if (r->ca)
        SET(CAINFO, r->ca);
    if (r->form.p) {
        SET(POST, 1L);
        SET(POSTFIELDSIZE, (long)r->form.n);
        SET(POSTFIELDS, r->form.p);
    }
    if (r->user) {
        SET(HTTPAUTH, (long)CURLAUTH_BASIC);
        SET(USERNAME, r->user);
        SET(PASSWORD, r->password);
    }
#undef SET
    return rc;
}

int http_ask(const struct http_request *r, long *status, struct buf *out, struct err *err)
{
    struct curl_slist *headers;
    CURLcode rc;
    CURL *c;

    pthread_once(&once, start);
    c = curl_easy_init();
    headers = curl_slist_append(NULL, "Accept: application/json");
    if (c == NULL || headers == NULL) {
        curl_easy_cleanup(c);
        curl_slist_free_all(headers);
        return err_set(err, NO_MEMORY);
    }
    rc = set_up(c, r, headers, out);
    if (rc == CURLE_OK)
        rc = curl_easy_perform(c);
    if (rc == CURLE_OK)
        rc = curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    if (rc == CURLE_OK)
        return 0;
    if (out->failed) {
        buf_auto struct buf cap = BUF(32);
        buf_int(&cap, (int64_t)out->cap);
        return err_set(err, TOO_LARGE, host_of(r->url), buf_view(&cap));
    }
    return err_set(err, NET, host_of(r->url), text_of(curl_easy_strerror(rc)));
}
