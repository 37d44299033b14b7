/* json.c: see json.h. */
#include "base/json.h"

void json_put_text(struct buf *b, struct text t)
{
    static const char digit[] = "0123456789abcdef";
    size_t from = 0;

    buf_char(b, '"');
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        char escape[6] = {'\\', 'u', '0', '0'};
        size_t n = 2;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        switch (c) {
        case '\b': escape[1] = 'b'; break;
        case '\t': escape[1] = 't'; break;
        case '\n': escape[1] = 'n'; break;
        case '\f': escape[1] = 'f'; break;
        case '\r': escape[1] = 'r'; break;
        case '"':
        case '\\': escape[1] = (char)c; break;
        default:
            escape[4] = digit[c >> 4];
            escape[5] = digit[c & 15];
            n = 6;
        }
        buf_bytes(b, t.p + from, i - from);
        buf_bytes(b, escape, n);
        from = i + 1;
    }
    if (t.n > from)
        buf_bytes(b, t.p + from, t.n - from);
    buf_char(b, '"');
}

void json_put_key(struct buf *b, const char *key, bool *first)
{
    if (!*first)
        buf_char(b, ',');
    *first = false;
    buf_char(b, '"');
    buf_str(b, key);
    buf_bytes(b, "\":", 2);
}

bool json_take(struct json *j, char c)
{
    if (j->p == j->end || *j->p != c)
        return false;
    j->p++;
    return true;
}

/* The byte that an escape stands for; -1 when the canonical form has no such escape. */
static int unescape(struct json *j)
{
    int v = 0;

    switch (j->p < j->end ? *j->p++ : 0) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'f': return '\f';
    case 'r': return '\r';
    case '"': return '"';
    case '\\': return '\\';
    case 'u': break;
    default: return -1;
    }
    if (j->end - j->p < 4 || j->p[0] != '0' || j->p[1] != '0')
        return -1;
    for (int i = 2; i < 4; i++) {
        char c = j->p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        v = v * 16 + digit;
    }
    j->p += 4;
    /* Only controls that have no short form, and never NUL. */
    if (v == 0 || v >= 0x20 || v == '\b' || v == '\t' || v == '\n' || v == '\f' || v == '\r')
        return -1;
    return v;
}

bool json_text(struct json *j, struct arena *a, struct text *t)
{
    const char *start, *s;
    char *out;
    size_t n = 0;

    if (!json_take(j, '"'))
        return false;
    start = s = j->p;
    while (s < j->end && *s != '"' && *s != '\\' && (unsigned char)*s >= 0x20)
        s++;
    if (s == j->end || (unsigned char)*s < 0x20)
        return false;
    if (*s == '"') {
        *t = (struct text){start, (size_t)(s - start)};
        j->p = s + 1;
        return text_utf8(*t);
    }
    /* With escapes: what comes out is no longer than the source up to the closing quote. */
    while (s < j->end && *s != '"')
        s += *s == '\\' && s + 1 < j->end ? 2 : 1;
    if (s >= j->end)
        return false;
    out = arena_take(a, (size_t)(s - start));
    if (out == NULL)
        return false;
    while (j->p < j->end && *j->p != '"') {
        int c = (unsigned char)*j->p++;
        if (c < 0x20 || (c == '\\' && (c = unescape(j)) < 0))
            return false;
        out[n++] = (char)c;
    }
    *t = (struct text){out, n};
    return json_take(j, '"') && text_utf8(*t);
}

bool json_key(struct json *j, struct text *key)
{
    struct arena none = ARENA(0);

    return json_text(j, &none, key) && json_take(j, ':');
}

bool json_int(struct json *j, int64_t *v)
{
    const char *start = j->p;

    json_take(j, '-');
    if (j->p == j->end || *j->p < '0' || *j->p > '9')
        return false;
    /* No leading zero, no -0. */
    if (*j->p == '0' && (j->p > start || (j->p + 1 < j->end && j->p[1] >= '0' && j->p[1] <= '9')))
        return false;
    while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
        j->p++;
    return j->p - start <= 17 && text_int((struct text){start, (size_t)(j->p - start)}, v) &&
           *v <= JSON_INT_MAX && *v >= -JSON_INT_MAX;
}

static bool literal(struct json *j, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
        return false;
    j->p += n;
    return true;
}

bool json_bool(struct json *j, bool *v)
{
    *v = literal(j, "true");
    return *v || literal(j, "false");
}

/* Passes over a string whose opening quote was taken. */
static bool skip_string(struct json *j)
{
    for (;;) {
        const char *quote = memchr(j->p, '"', (size_t)(j->end - j->p)), *before = quote;

        if (quote == NULL)
            return false;
        /* An even number of backslashes in front: it ends the string. */
        while (before > j->p && before[-1] == '\\')
            before--;
        j->p = quote + 1;
        if ((quote - before) % 2 == 0)
            return true;
    }
}

bool json_skip(struct json *j)
{
    int depth = 0;

    do {
        if (j->p == j->end)
            return false;
        switch (*j->p++) {
        case '{':
        case '[': depth++; break;
        case '}':
        case ']':
            if (--depth < 0)
                return false;
            break;
        case '"':
            if (!skip_string(j))
                return false;
            break;
        default: break;
        }
    } while (depth > 0 || (j->p < j->end && *j->p != ',' && *j->p != '}' && *j->p != ']'));
    return true;
}
