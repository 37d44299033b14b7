/*
 * archive.h: a zip archive that somebody else made, read without trusting it.
 *
 * Before anything is unpacked the directory is walked: a sane number of entries, none encrypted,
 * none that lies over another (the bombs that unpack one kernel thousands of times). What is
 * unpacked is counted as it comes, over all parts, and by part against its packed size. Names are
 * only looked up, never used as paths.
 *
 * An archive belongs to one thread; several may read one source.
 */
#ifndef XH_FORMATS_ARCHIVE_H
#define XH_FORMATS_ARCHIVE_H

#include "formats/sheet.h"
#include "formats/source.h"

/* More entries than any workbook has; pictures have one each. */
enum { ARCHIVE_ENTRIES = 20000 };

struct archive {
    const struct source *source;
    struct zip *zip;
    uint64_t inflated, inflated_most;
};

/* Opens and checks; on -1 there is nothing to close. The source must outlive it. */
int archive_open(struct archive *a, const struct source *source, const struct sheet_limits *limits,
                 struct err *err);
void archive_close(struct archive *a);

/* The entry of that name, -1 when there is none. Case does not matter, `\` is `/`, one leading
 * slash is passed over. */
int64_t archive_find(const struct archive *a, struct text name);
/* The size that the directory says the entry has unpacked. Not to be relied upon. */
uint64_t archive_size(const struct archive *a, int64_t entry);

/* One entry that is being unpacked. */
struct part {
    struct archive *archive;
    struct zip_file *file;
    uint64_t packed, inflated;
};

int part_open(struct part *p, struct archive *a, int64_t entry, struct err *err);
void part_close(struct part *p);
/* Up to n bytes; 0 at the end, -1 with err. */
int64_t part_read(struct part *p, void *to, size_t n, struct err *err);

#endif
