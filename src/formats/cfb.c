/*
 * cfb.c: the directory of a compound file, as far as is needed to say what the file is: [MS-CFB]
 * 2.2 (header), 2.3 (FAT), 2.6 (directory). An encrypted workbook is told by the streams that
 * [MS-OFFCRYPTO] 2.3.4 puts into it.
 */
#include "formats/xls.h"

enum { HEADER = 512, ENTRY = 128, DIFAT = 109, MOST_SECTORS = 1024 };

static uint32_t u16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

/* The kind that an entry's name tells, CFB_OTHER when it tells nothing. */
static enum cfb_kind kind_of(const unsigned char *entry)
{
    static const struct {
        const char *name;
        enum cfb_kind kind;
    } names[] = {{"Workbook", CFB_WORKBOOK},          {"Book", CFB_WORKBOOK},
                 {"EncryptedPackage", CFB_ENCRYPTED}, {"EncryptionInfo", CFB_ENCRYPTED},
                 {"WordDocument", CFB_DOCUMENT},      {"PowerPoint Document", CFB_PRESENTATION}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i].name), at = 0;
        if (entry[66] != 2 || u16(entry + 64) != 2 * (n + 1))
            continue;
        while (at < n && u16(entry + 2 * at) == (unsigned char)names[i].name[at])
            at++;
        if (at == n)
            return names[i].kind;
    }
    return CFB_OTHER;
}

int cfb_kind(const struct source *source, enum cfb_kind *kind, struct err *err)
{
    unsigned char header[HEADER], sector[4096], next[4];
    uint32_t shift, at, per_fat;

    *kind = CFB_BROKEN;
    if (source->size < HEADER)
        return 0;
    if (source_read(source, 0, header, HEADER, err) < 0)
        return -1;
    shift = u16(header + 30);
    if (shift != 9 && shift != 12)
        return 0;
    per_fat = (1u << shift) / 4;
    at = u32(header + 48);
    for (int steps = 0; at < 0xfffffffa && steps < MOST_SECTORS; steps++) {
        uint64_t place = ((uint64_t)at + 1) << shift;
        int64_t got = source_read(source, place, sector, (size_t)1 << shift, err);
        uint32_t fat = at / per_fat;

        if (got < 0)
            return -1;
        if (got < 1 << shift)
            return 0;
        for (int i = 0; i < 1 << shift; i += ENTRY) {
            enum cfb_kind found = kind_of(sector + i);
            /* A stray stream of another kind does not make an encrypted file readable. */
            if (found != CFB_OTHER && *kind != CFB_ENCRYPTED)
                *kind = found;
        }
        if (fat >= DIFAT)
            break;
        place = ((uint64_t)u32(header + 76 + 4 * fat) + 1) << shift;
        got = source_read(source, place + 4 * (at % per_fat), next, sizeof next, err);
        if (got < 0)
            return -1;
        if (got < (int64_t)sizeof next)
            return 0;
        at = u32(next);
    }
    if (*kind == CFB_BROKEN)
        *kind = CFB_OTHER;
    return 0;
}
