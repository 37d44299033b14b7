/* encoding.c: see encoding.h. */
#include "formats/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <uchardet/uchardet.h>

#include "base/mem.h"

/* A block that is read, and the UTF-8 that it becomes: two bytes of GB18030 or UTF-16 become at
 * most three, four at most four. */
enum { IN = 64 * 1024, OUT = 2 * IN };

static int unclear(const struct source *s, const char *why, struct err *err)
{
    return source_refuse(s, ERR_FILE_ENCODING, why, err);
}

int decoder_open(struct decoder *d, const struct source *source, enum encoding encoding,
                 struct err *err)
{
    static const char *const names[] = {[ENCODING_UTF16LE] = "UTF-16LE",
                                        [ENCODING_UTF16BE] = "UTF-16BE",
                                        [ENCODING_GB18030] = "GB18030"};
    iconv_t iconv;

    *d = (struct decoder){.source = source, .encoding = encoding};
    d->in = mem_alloc(IN);
    d->out = mem_alloc(OUT);
    if (d->in == NULL || d->out == NULL) {
        decoder_close(d);
        return err_set(err, NO_MEMORY);
    }
    if (encoding == ENCODING_UTF8)
        return 0;
    iconv = iconv_open("UTF-8", names[encoding]);
    if (iconv == (iconv_t)-1) {
        decoder_close(d);
        return unclear(source, names[encoding], err);
    }
    d->iconv = iconv;
    return 0;
}

void decoder_close(struct decoder *d)
{
    if (d->iconv)
        iconv_close(d->iconv);
    mem_free(d->in);
    mem_free(d->out);
    *d = (struct decoder){0};
}

/* How many bytes at the end of t are a character of UTF-8 that is not finished. */
static size_t unfinished(struct text t)
{
    for (size_t back = 1; back <= 3 && back <= t.n; back++) {
        unsigned char c = (unsigned char)t.p[t.n - back];
        if (c >= 0xc0)
            return back < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? back : 0;
        if (c < 0x80)
            return 0;
    }
    return 0;
}

/* The block d->in, n bytes, as UTF-8; what is left over stays in front of d->in. */
static int decode(struct decoder *d, size_t n, bool last, struct text *block, struct err *err)
{
    char *in = d->in, *out = d->out;
    size_t in_left = n, out_left = OUT;

    if (d->encoding == ENCODING_UTF8) {
        /* The block is handed on where it is; what is left over is kept behind. */
        size_t keep = last ? 0 : unfinished((struct text){in, n});
        *block = (struct text){d->out, n - keep};
        memcpy(d->out, in, n - keep);
        in += n - keep;
        in_left = keep;
        if (!text_utf8(*block))
            return unclear(d->source, N_("broken UTF-8"), err);
    } else {
        if (iconv(d->iconv, &in, &in_left, &out, &out_left) == (size_t)-1 &&
            (errno != EINVAL || last))
            return unclear(d->source, N_("broken characters"), err);
        *block = (struct text){d->out, OUT - out_left};
    }
    memmove(d->in, in, in_left);
    d->left = in_left;
    if (block->n && memchr(block->p, '\0', block->n))
        return source_refuse(d->source, ERR_FILE_UNKNOWN, N_("bytes that are no text"), err);
    return 1;
}

int decoder_next(struct decoder *d, struct text *block, struct err *err)
{
    bool first = d->at == 0;
    int64_t got;
    size_t n;
    int rc;

    do {
        got = source_read(d->source, d->at, d->in + d->left, IN - d->left, err);
        if (got < 0)
            return -1;
        n = d->left + (size_t)got;
        if (n == 0)
            return 0;
        d->at += (uint64_t)got;
        rc = decode(d, n, d->at >= d->source->size || got == 0, block, err);
        if (rc < 0)
            return -1;
        if (first && text_starts(*block, T("\xef\xbb\xbf")))
            *block = text_from(*block, 3);
        first = false;
    } while (block->n == 0 && got > 0);
    return block->n ? 1 : 0;
}

/* True when all of the source can be decoded so. */
static int fits(const struct source *s, enum encoding encoding, bool *yes, struct err *err)
{
    struct decoder d;
    struct text block;
    int rc;

    if (decoder_open(&d, s, encoding, err) != 0)
        return -1;
    while ((rc = decoder_next(&d, &block, err)) > 0)
        ;
    decoder_close(&d);
    *yes = rc == 0;
    return rc != 0 && err->code != ERR_FILE_ENCODING ? -1 : 0;
}

/*
 * GB18030 gives a meaning to nearly every pair of bytes, those of Big5 or Latin-1 among them. But
 * what people write is nearly all in GB2312, both bytes above 0xa0; of other texts read as GB18030
 * half the pairs or more lie elsewhere.
 */
static int reads_like_chinese(const struct source *s, bool *yes, struct err *err)
{
    unsigned char block[4096];
    uint64_t common = 0, rare = 0, at = 0;
    int lead = -1;

    for (;;) {
        int64_t got = source_read(s, at, block, sizeof block, err);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        at += (uint64_t)got;
        for (int64_t i = 0; i < got; i++) {
            int c = block[i];
            if (lead < 0) {
                lead = c > 0x80 ? c : -1;
                continue;
            }
            if (lead > 0xa0 && c > 0xa0)
                common++;
            else
                rare++;
            lead = -1;
        }
    }
    *yes = common >= 3 * rare;
    return 0;
}

/* What the text might be, in the words of those who make the detector; "" when it cannot tell. */
static int detect(const struct source *s, char *name, size_t room, struct err *err)
{
    uchardet_t u = uchardet_new();
    char block[4096];
    int64_t got;

    name[0] = '\0';
    if (u == NULL)
        return err_set(err, NO_MEMORY);
    for (uint64_t at = 0; at < 1 << 20; at += (uint64_t)got) {
        got = source_read(s, at, block, sizeof block, err);
        if (got <= 0 || uchardet_handle_data(u, block, (size_t)got) != 0)
            break;
    }
    uchardet_data_end(u);
    snprintf(name, room, "%s", uchardet_get_charset(u));
    uchardet_delete(u);
    return 0;
}

/* What the first bytes are: zeros at even and odd places, line breaks of UTF-16 in either order,
 * control characters. */
struct census {
    uint64_t even, odd, breaks_le, breaks_be, controls;
};

static int count(const struct source *s, struct census *c, struct err *err)
{
    unsigned char block[4096] = {0};
    int64_t got = source_read(s, 0, block, sizeof block, err);

    for (int64_t i = 0; i < got; i++) {
        bool odd = i % 2;
        if (block[i] == 0)
            ++*(odd ? &c->odd : &c->even);
        else if (block[i] < 0x20 && (block[i] < '\t' || block[i] > '\r'))
            c->controls++;
        if (odd && block[i] == 0 && (block[i - 1] == '\n' || block[i - 1] == '\r'))
            c->breaks_le++;
        if (odd && block[i - 1] == 0 && (block[i] == '\n' || block[i] == '\r'))
            c->breaks_be++;
    }
    return got < 0 ? -1 : 0;
}

/* By its mark; without one by its line breaks and the zeros of its ASCII characters, nearly all on
 * one side (some common characters, 一 for one, have a zero on the other). */
static bool is_utf16(const struct source *s, const char mark[static 3], const struct census *c,
                     enum encoding *encoding)
{
    bool even_size = s->size % 2 == 0;

    if (memcmp(mark, "\xff\xfe", 2) == 0 || (even_size && c->breaks_le && c->odd > 4 * c->even)) {
        *encoding = ENCODING_UTF16LE;
        return true;
    }
    *encoding = ENCODING_UTF16BE;
    return memcmp(mark, "\xfe\xff", 2) == 0 || (even_size && c->breaks_be && c->even > 4 * c->odd);
}

int encoding_find(const struct source *source, enum encoding *encoding, struct err *err)
{
    struct census census = {0};
    char mark[3] = {0}, name[64];
    bool yes = false;

    if (source_read(source, 0, mark, sizeof mark, err) < 0 || count(source, &census, err) != 0)
        return -1;
    if (is_utf16(source, mark, &census, encoding))
        return 0;
    *encoding = ENCODING_UTF8;
    if (memcmp(mark, "\xef\xbb\xbf", 3) == 0)
        return 0;
    if (census.even || census.odd || census.controls)
        return source_refuse(source, ERR_FILE_UNKNOWN, N_("bytes that are no text"), err);
    if (fits(source, ENCODING_UTF8, &yes, err) != 0)
        return -1;
    if (yes)
        return 0;
    *encoding = ENCODING_GB18030;
    if (fits(source, ENCODING_GB18030, &yes, err) != 0 ||
        detect(source, name, sizeof name, err) != 0)
        return -1;
    if (yes && !text_starts(text_of(name), T("GB")) && reads_like_chinese(source, &yes, err) != 0)
        return -1;
    return yes ? 0 : unclear(source, name[0] ? name : N_("not a known one"), err);
}
