/* request.c: see request.h. */
#include "web/request.h"

enum { FIELDS_MAX = 2000 };

static struct text field_text(const struct given *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(fields[i].name, text_of(name)))
            return fields[i].value;
    return T("");
}

struct text query_text(const struct request *q, const char *name)
{
    return field_text(q->query, q->query_count, name);
}

struct text form_text(const struct request *q, const char *name)
{
    return field_text(q->form, q->form_count, name);
}

int64_t query_int(const struct request *q, const char *name, int64_t low, int64_t high,
                  int64_t otherwise)
{
    int64_t n;

    return text_int(query_text(q, name), &n) && n >= low && n <= high ? n : otherwise;
}

struct text cookie_of(struct text header, struct text name)
{
    struct text rest = header, piece;

    while (text_cut(&rest, ';', &piece)) {
        struct text value = text_trim(piece), key;
        text_cut(&value, '=', &key);
        if (text_eq(key, name))
            return value.p ? value : T("");
    }
    return T("");
}

enum lang language_of(struct text chosen, struct text accepted)
{
    ptrdiff_t zh = text_find(accepted, T("zh")), en = text_find(accepted, T("en"));

    if (chosen.n)
        return text_eq(chosen, T("en")) ? LANG_EN : LANG_ZH;
    return en >= 0 && (zh < 0 || en < zh) ? LANG_EN : LANG_ZH;
}

void respond_type(struct response *r, int status, const char *type)
{
    r->status = status;
    r->type = type;
}

/* Browsers drop tabs and line breaks in addresses and take \ for /. */
struct text local_address(struct text given, struct text otherwise)
{
    if (given.n == 0 || given.p[0] != '/' || (given.n > 1 && given.p[1] == '/'))
        return otherwise;
    for (size_t i = 0; i < given.n; i++)
        if ((unsigned char)given.p[i] <= ' ' || given.p[i] == 0x7f || given.p[i] == '\\')
            return otherwise;
    return given;
}

void respond_see(struct response *r, struct text location)
{
    r->status = 303;
    buf_clear(&r->location);
    buf_text(&r->location, location);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent-decoding; in forms + is a space. False for a wrong escape, a NUL, or broken UTF-8. */
static bool decode(struct arena *arena, struct text in, bool form, struct text *out)
{
    char *p = arena_take(arena, in.n + 1);
    size_t n = 0;

    if (p == NULL)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '+' && form) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < in.n ? hex(in.p[i + 1]) : -1;
            int low = i + 2 < in.n ? hex(in.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return false;
        p[n++] = c;
    }
    *out = (struct text){p, n};
    return text_utf8(*out);
}

bool fields_parse(struct arena *arena, struct text encoded, const struct given **fields,
                  size_t *count)
{
    struct text rest = encoded, piece;
    struct given *list;
    size_t room = 1;

    *fields = NULL;
    *count = 0;
    if (encoded.n == 0)
        return true;
    for (size_t i = 0; i < encoded.n; i++)
        room += encoded.p[i] == '&';
    if (room > FIELDS_MAX || (list = arena_array(arena, struct given, room)) == NULL)
        return false;
    while (text_cut(&rest, '&', &piece)) {
        struct text value = piece, name;
        if (piece.n == 0)
            continue;
        text_cut(&value, '=', &name);
        if (!decode(arena, name, true, &list[*count].name) ||
            !decode(arena, value.p ? value : T(""), true, &list[*count].value))
            return false;
        ++*count;
    }
    *fields = list;
    return true;
}

bool target_parse(struct request *q, struct text target)
{
    struct text query = target, path;

    q->target = target;
    text_cut(&query, '?', &path);
    return path.n > 0 && path.p[0] == '/' && decode(q->arena, path, false, &q->path) &&
           fields_parse(q->arena, query.p ? query : T(""), &q->query, &q->query_count);
}
