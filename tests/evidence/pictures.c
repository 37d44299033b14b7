/* What a page shows of a picture, and what a hostile one can do: nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draw.h"
#include "formats/picture.h"
#include "formats/shrink.h"
#include "office/rendition.h"
#include "world.h"

static struct world w;

static int make(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    world_folder(&w);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct evidence_line store(const char *name, struct text bytes)
{
    struct evidence_upload u;
    struct evidence_line line = {0};
    struct err err;

    assert_int_equal(evidence_begin(&u, &w.ledger, text_of(name), 0, &err), 0);
    assert_int_equal(evidence_append(&u, bytes, &err), 0);
    assert_int_equal(evidence_finish(&u, &line, &w.arena, &err), 0);
    return line;
}

/* -- renditions/ -- */

static int kept, stray;

static int look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    if (type == FTW_F)
        *(strstr(path + at->base, ".tmp") ? &stray : &kept) += 1;
    return 0;
}

static void look(void)
{
    char folder[FILE_PATH + 16];

    kept = stray = 0;
    snprintf(folder, sizeof folder, "%s/renditions", w.ledger.dir);
    nftw(folder, look_at, 16, FTW_PHYS);
    assert_int_equal(stray, 0);
    /* No child is left either. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static struct text bytes_of(struct evidence_file *file)
{
    char *p = arena_take(&w.arena, file->size);

    assert_int_equal(pread(file->fd, p, file->size, 0), (ssize_t)file->size);
    close(file->fd);
    return (struct text){p, file->size};
}

static void shows(struct text original, enum rendition_size size, unsigned width, unsigned height,
                  const char *fields)
{
    struct evidence_file file;
    struct err err;
    unsigned is_width = 0, is_height = 0;
    char is[5] = "";
    bool plain = false;

    assert_int_equal(rendition_open(&w.ledger, store("a", original).hash, size, &file, &err), 0);
    assert_int_equal(file.kind, EVIDENCE_JPEG);
    assert_true(see_jpeg(bytes_of(&file), &is_width, &is_height, is, &plain));
    assert_int_equal(is_width, width);
    assert_int_equal(is_height, height);
    assert_string_equal(is, fields);
    assert_true(plain);
    look();
}

static void shows_nothing(const char *what, struct text original)
{
    struct evidence_file file;
    struct err err = {0};
    struct text hash = store("a", original).hash;
    int before;

    look();
    before = kept;
    for (int twice = 0; twice < 2; twice++) {
        if (rendition_open(&w.ledger, hash, RENDITION_THUMBNAIL, &file, &err) == 0 ||
            err.code != ERR_NOT_A_PICTURE)
            fail_msg("%s: %d", what, (int)err.code);
        assert_int_equal(file.fd, -1);
        look();
        /* That it is none is remembered. */
        assert_int_equal(kept, before + 1);
    }
}

/* -- tests -- */

static void pictures_are_made_small(void **state)
{
    static const struct {
        void (*draw)(struct buf *, const struct drawing *);
        struct drawing d;
        const char *fields;
    } drawings[] = {
        {draw_jpeg, {.width = 2400, .height = 1800}, "RGBW"},
        {draw_jpeg, {.width = 2400, .height = 1800, .cmyk = true}, "RGBW"},
        {draw_png, {.width = 2400, .height = 1800}, "RGBW"},
        {draw_png, {.width = 2400, .height = 1800, .interlaced = true}, "RGBW"},
        {draw_png, {.width = 2400, .height = 1800, .clear = true}, "WGBW"},
        {draw_webp, {.width = 2400, .height = 1800}, "RGBW"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof drawings / sizeof drawings[0]; i++) {
        buf_auto struct buf b = BUF(BUF_ANY);
        drawings[i].draw(&b, &drawings[i].d);
        shows(buf_view(&b), RENDITION_THUMBNAIL, 320, 240, drawings[i].fields);
        shows(buf_view(&b), RENDITION_VIEW, 1600, 1200, drawings[i].fields);
    }
}

static void small_and_odd_ones_keep_their_size(void **state)
{
    static const struct {
        struct drawing d;
        unsigned width, height;
    } sizes[] = {
        {{.width = 100, .height = 50}, 100, 50},
        {{.width = 320, .height = 320}, 320, 320},
        {{.width = 321, .height = 8}, 320, 8},
        {{.width = 2, .height = 5000}, 1, 320},
    };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        buf_auto struct buf b = BUF(BUF_ANY);
        draw_png(&b, &sizes[i].d);
        shows(buf_view(&b), RENDITION_THUMBNAIL, sizes[i].width, sizes[i].height,
              sizes[i].width > 1 ? "RGBW" : "????");
    }
}

/* The eight ways to hold a camera (EXIF's Orientation). */
static void pictures_stand_upright(void **state)
{
    static const char *const fields[] = {NULL,   "RGBW", "GRWB", "WBGR", "BWRG",
                                         "RBGW", "BRWG", "WGBR", "GWRB"};

    (void)state;
    for (int i = 1; i <= 8; i++) {
        buf_auto struct buf b = BUF(BUF_ANY);
        draw_jpeg(&b, &(struct drawing){.width = 640, .height = 320, .orientation = i});
        if (i < 5)
            shows(buf_view(&b), RENDITION_THUMBNAIL, 320, 160, fields[i]);
        else
            shows(buf_view(&b), RENDITION_THUMBNAIL, 160, 320, fields[i]);
    }
}

static const struct drawing told = {.width = 64,
                                    .height = 64,
                                    .orientation = 1,
                                    .made = "2026:03:01 10:20:30",
                                    .offset = "+08:00",
                                    .placed = true,
                                    .comment = "<script>alert(1)</script> 王小明"};

/* shows() checks that no block of the original is in the rendition; here the original has them. */
static void place_and_comment_are_gone(void **state)
{
    buf_auto struct buf b = BUF(BUF_ANY);
    unsigned width, height;
    char fields[5];
    bool plain = true;

    (void)state;
    draw_jpeg(&b, &told);
    assert_true(text_has(buf_view(&b), T("Exif")) && text_has(buf_view(&b), T("<script>")));
    assert_true(see_jpeg(buf_view(&b), &width, &height, fields, &plain));
    assert_false(plain);
    shows(buf_view(&b), RENDITION_THUMBNAIL, 64, 64, "RGBW");
    /* A web page behind a picture. */
    buf_str(&b, "<html><script>alert(1)</script></html>");
    shows(buf_view(&b), RENDITION_VIEW, 64, 64, "RGBW");
}

static void what_is_no_picture_shows_nothing(void **state)
{
    buf_auto struct buf jpeg = BUF(BUF_ANY), png = BUF(BUF_ANY), webp = BUF(BUF_ANY),
                        flood = BUF(BUF_ANY), large = BUF(BUF_ANY), noise = BUF(BUF_ANY);
    struct env env = env_replay(5, 0);
    char random[5000];

    (void)state;
    draw_jpeg(&jpeg, &(struct drawing){.width = 200, .height = 200});
    draw_png(&png, &(struct drawing){.width = 200, .height = 200});
    draw_webp(&webp, &(struct drawing){.width = 200, .height = 200});
    draw_flood(&flood, 100000, 100000);
    draw_flood(&large, 15000, 15000);
    env.random(&env, random, sizeof random);
    buf_bytes(&noise, "\xff\xd8\xff", 3);
    buf_bytes(&noise, random, sizeof random);
    shows_nothing("nothing", T(""));
    shows_nothing("a byte", T("\xff"));
    shows_nothing("text", T("this is not a picture at all"));
    shows_nothing("random", (struct text){random, sizeof random});
    shows_nothing("random after a JPEG's first bytes", buf_view(&noise));
    shows_nothing("SVG", T("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script>"
                           "<image href=\"file:///etc/passwd\"/></svg>"));
    shows_nothing("half a JPEG", text_head(buf_view(&jpeg), jpeg.n / 2));
    shows_nothing("a JPEG's header", text_head(buf_view(&jpeg), 100));
    shows_nothing("half a PNG", text_head(buf_view(&png), png.n / 2));
    shows_nothing("half a WebP", text_head(buf_view(&webp), webp.n / 2));
    shows_nothing("a flood of pixels", buf_view(&flood));
    shows_nothing("a size that nothing fills", buf_view(&large));
    shows_nothing("GIF", T("GIF89a\1\0\1\0\0\0\0;........"));
}

static void a_hash_comes_first(void **state)
{
    struct evidence_file file;
    struct err err;

    (void)state;
    assert_int_equal(rendition_open(&w.ledger, T("../../etc/passwd"), RENDITION_VIEW, &file, &err),
                     -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(file.fd, -1);
}

static void the_cache_may_be_deleted(void **state)
{
    buf_auto struct buf b = BUF(BUF_ANY);
    struct evidence_file first, again;
    struct text hash;
    struct stat one, two;
    struct err err;
    char folder[FILE_PATH + 16];

    (void)state;
    draw_png(&b, &(struct drawing){.width = 40, .height = 40});
    hash = store("a", buf_view(&b)).hash;
    assert_int_equal(rendition_open(&w.ledger, hash, RENDITION_VIEW, &first, &err), 0);
    assert_int_equal(rendition_open(&w.ledger, hash, RENDITION_VIEW, &again, &err), 0);
    assert_int_equal(fstat(first.fd, &one) | fstat(again.fd, &two), 0);
    assert_int_equal(one.st_ino, two.st_ino); /* it was made once */
    close(again.fd);
    snprintf(folder, sizeof folder, "%s/renditions", w.ledger.dir);
    world_remove(folder);
    assert_int_equal(rendition_open(&w.ledger, hash, RENDITION_VIEW, &again, &err), 0);
    assert_true(text_eq(bytes_of(&first), bytes_of(&again)));
}

static _Atomic int shown;

static void *opens(void *hash)
{
    struct evidence_file file;
    struct err err;

    if (rendition_open(&w.ledger, text_of(hash), RENDITION_VIEW, &file, &err) == 0) {
        shown++;
        close(file.fd);
    }
    return NULL;
}

static void several_threads_ask_for_the_same(void **state)
{
    buf_auto struct buf b = BUF(BUF_ANY);
    pthread_t threads[6];
    const char *hash;

    (void)state;
    draw_jpeg(&b, &(struct drawing){.width = 900, .height = 700});
    hash = arena_cstr(&w.arena, store("a", buf_view(&b)).hash);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, opens, (void *)(uintptr_t)hash), 0);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shown, 6);
    look();
}

static struct evidence_line facts_of(const struct drawing *d, struct evidence_line line,
                                     bool placed)
{
    buf_auto struct buf b = BUF(BUF_ANY);
    struct err err;

    draw_jpeg(&b, d);
    line.hash = store("a", buf_view(&b)).hash;
    assert_int_equal(evidence_facts(&w.ledger, &line, placed, &w.arena, &err), 0);
    return line;
}

static void a_picture_says_when_it_was_made(void **state)
{
    static const char *const never[] = {"0000:00:00 00:00:00", "2026:02:30 10:20:30",
                                        "2026:03:01 25:20:30", "\"2026,03,01 10.20",
                                        "    :  :     :  :  "};
    struct drawing d = told;
    struct evidence_line line = facts_of(&d, (struct evidence_line){0}, false);
    struct err err;

    (void)state;
    assert_true(text_eq(line.made_at, T("2026-03-01T10:20:30+08:00")));
    assert_int_equal(line.place.n, 0); /* nobody asked */
    line = facts_of(&d, (struct evidence_line){0}, true);
    assert_true(text_eq(line.place, T("31.23042, 121.47369")));
    line =
        facts_of(&d, (struct evidence_line){.made_at = T("2026-03-02"), .place = T("桥头")}, true);
    assert_true(text_eq(line.made_at, T("2026-03-02")) && text_eq(line.place, T("桥头")));
    d.offset = NULL;
    d.placed = false;
    line = facts_of(&d, (struct evidence_line){0}, true);
    assert_true(text_eq(line.made_at, T("2026-03-01 10:20:30")));
    assert_int_equal(line.place.n, 0);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        d.made = never[i];
        assert_int_equal(facts_of(&d, (struct evidence_line){0}, true).made_at.n, 0);
    }
    d.orientation = 0; /* no EXIF */
    assert_int_equal(facts_of(&d, (struct evidence_line){0}, true).made_at.n, 0);
    line = store("a", T("no picture"));
    assert_int_equal(evidence_facts(&w.ledger, &line, true, &w.arena, &err), 0);
    assert_int_equal(line.made_at.n, 0);
}

/* On the command line: what the author says counts more, and the place stays out. */
static void it_is_taken_over_with_a_report(void **state)
{
    buf_auto struct buf b = BUF(BUF_ANY);
    struct text code = world_do(&w, "clerk", "register HZ --text 堆物 --due 2026-06-30");
    char path[FILE_PATH + 16];
    struct command c;
    struct err err;
    const char *line;

    (void)state;
    draw_jpeg(&b, &told);
    snprintf(path, sizeof path, "%s/photo.jpg", w.ledger.dir);
    assert_int_equal(file_write(path, buf_view(&b), 0600, true, &err), 0);
    line = world_line(&w, "attach %.*s --file %s", TEXT_ARG(code), path);
    assert_int_equal(world_command(&w, "clerk", line, &c, &err), 0);
    assert_true(
        text_eq(c.event.item_attach.evidence.at[0].made_at, T("2026-03-01T10:20:30+08:00")));
    assert_int_equal(c.event.item_attach.evidence.at[0].place.n, 0);
    line = world_line(&w, "%s --made-at 2026-02-28", line);
    assert_int_equal(world_command(&w, "clerk", line, &c, &err), 0);
    assert_true(text_eq(c.event.item_attach.evidence.at[0].made_at, T("2026-02-28")));
}

/* Damaged in many ways, the worst is that there is nothing to see: no crash, nothing but a JPEG. */
static void damaged_ones_do_no_harm(void **state)
{
    static void (*const draw[])(struct buf *, const struct drawing *) = {draw_jpeg, draw_png,
                                                                         draw_webp};
    struct drawing d = told;
    int done = 0, none = 0;

    (void)state;
    for (size_t which = 0; which < 3; which++) {
        buf_auto struct buf whole = BUF(BUF_ANY);
        struct env env = env_replay(which + 1, 0);
        d.interlaced = true;
        draw[which](&whole, &d);
        for (int round = 0; round < 60; round++) {
            buf_auto struct buf b = BUF(BUF_ANY);
            unsigned char chance[24];
            int from = memfd_create("from", MFD_CLOEXEC), to = memfd_create("to", MFD_CLOEXEC);
            enum picture result;
            struct picture_facts facts;
            struct err err;
            char back[100000], fields[5];
            unsigned width, height;
            bool plain;
            ssize_t got;
            buf_text(&b, buf_view(&whole));
            env.random(&env, chance, sizeof chance);
            for (int i = 0; i < 1 + chance[0] % 6; i++) {
                /* Half of them near the beginning, where sizes stand. */
                size_t at = (size_t)(chance[3 * i + 1] << 8 | chance[3 * i + 2]);
                at %= chance[0] & 64 ? b.n : b.n < 200 ? b.n : 200;
                b.p[at] = (char)chance[3 * i + 3];
            }
            assert_int_equal(write(from, b.p, b.n), (ssize_t)b.n);
            assert_int_equal(picture_render(from, 320, to, &result, &err), 0);
            if (result == PICTURE_DONE) {
                got = pread(to, back, sizeof back, 0);
                assert_true(
                    see_jpeg((struct text){back, (size_t)got}, &width, &height, fields, &plain));
                assert_true(plain && width <= 320 && height <= 320);
                done++;
            } else {
                assert_int_equal(result, PICTURE_NONE);
                none++;
            }
            if (which == 0 && round % 3 == 0)
                assert_int_equal(picture_facts(from, &facts, &err), 0);
            close(from);
            close(to);
        }
    }
    /* Both happened, so that this looked at something. */
    assert_true(done > 10 && none > 10);
}

/* Means of areas, against the plain definition. */
static void shrinking_is_the_mean(void **state)
{
    struct env env = env_replay(9, 0);

    (void)state;
    for (uint32_t width = 1; width < 40; width += 3)
        for (uint32_t height = 1; height < 30; height += 4) {
            unsigned char from[40][40 * 3];
            struct shrink s;
            env.random(&env, from, sizeof from);
            assert_true(shrink_begin(&s, width, height, 7));
            assert_true(s.width <= 7 && s.height <= 7 &&
                        (s.width == 7 || s.width == width || s.height == 7));
            for (uint32_t y = 0; y < height; y++)
                shrink_row(&s, from[y]);
            assert_true(shrink_done(&s));
            for (uint32_t y = 0; y < s.height; y++)
                for (uint32_t x = 0; x < s.width * 3; x++) {
                    double sum = 0, top = (double)y * height / s.height,
                           left = (double)(x / 3) * width / s.width;
                    double bottom = (double)(y + 1) * height / s.height,
                           right = (double)(x / 3 + 1) * width / s.width, is;
                    for (uint32_t j = 0; j < height; j++)
                        for (uint32_t i = 0; i < width; i++) {
                            double down = (j + 1 < bottom ? j + 1 : bottom) - (j > top ? j : top);
                            double across = (i + 1 < right ? i + 1 : right) - (i > left ? i : left);
                            if (down > 0 && across > 0)
                                sum += down * across * from[j][i * 3 + x % 3];
                        }
                    is = s.pixels[y * s.width * 3 + x] - sum / (bottom - top) / (right - left);
                    assert_true(is > -0.51 && is < 0.51);
                }
            shrink_release(&s);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrinking_is_the_mean),
        cmocka_unit_test(pictures_are_made_small),
        cmocka_unit_test(small_and_odd_ones_keep_their_size),
        cmocka_unit_test(pictures_stand_upright),
        cmocka_unit_test(place_and_comment_are_gone),
        cmocka_unit_test(what_is_no_picture_shows_nothing),
        cmocka_unit_test(a_hash_comes_first),
        cmocka_unit_test(the_cache_may_be_deleted),
        cmocka_unit_test(several_threads_ask_for_the_same),
        cmocka_unit_test(a_picture_says_when_it_was_made),
        cmocka_unit_test(it_is_taken_over_with_a_report),
        cmocka_unit_test(damaged_ones_do_no_harm),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
