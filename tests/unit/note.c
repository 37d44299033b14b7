/*
 * note.c: signed notes and checkpoints, rule by rule of c2sp.org/signed-note and
 * c2sp.org/tlog-checkpoint, with the vectors of those documents.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "ledger/note.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* A literal in a table. */
#define L(lit)                  \
    {                           \
        "" lit, sizeof(lit) - 1 \
    }

/* The example of signed-note. */
#define FOO_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_TEXT "This is an example message.\n"
#define FOO_BASE64 \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
#define FOO_LINE "— example.com/foo " FOO_BASE64 "\n"
#define FOO_NOTE FOO_TEXT "\n" FOO_LINE

/* The note at the head of signed-note; its key is not published. */
#define POEM \
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
#define POEM_LINE                                                                                  \
    "— quasimodo.example/salvatore "                                                             \
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=" \
    "\n"

/* The example of Go's golang.org/x/mod/sumdb/note, the only one published with its private key. */
#define GO_PRIVATE "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define GO_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_TEXT                                                  \
    "If you think cryptography is the answer to your problem,\n" \
    "then you don't know what your problem is.\n"
#define GO_NOTE                                                                              \
    GO_TEXT                                                                                  \
    "\n— PeterNeumann "                                                                    \
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyB" \
    "wJnAM=\n"

static struct vkey key_of(const char *line)
{
    struct vkey v;
    struct err err;

    assert_int_equal(vkey_parse(&v, text_of(line), &err), 0);
    return v;
}

static int open_with_foo(struct text note, struct text *body, enum err_code *code)
{
    struct vkey foo = key_of(FOO_KEY);
    struct err err = {.code = ERR_NONE};
    int rc = note_open(note, &foo, 1, body, NULL, &err);

    *code = err.code;
    return rc;
}

static void published_notes_open(void **state)
{
    struct vkey keys[2] = {key_of(GO_KEY), key_of(FOO_KEY)};
    struct text body;
    struct err err;
    bool by[2];

    (void)state;
    assert_int_equal(note_open(T(FOO_NOTE), keys, 2, &body, by, &err), 0);
    assert_true(text_eq(body, T(FOO_TEXT)));
    assert_false(by[0]);
    assert_true(by[1]);
    assert_int_equal(note_open(T(GO_NOTE), keys, 2, &body, by, &err), 0);
    assert_true(text_eq(body, T(GO_TEXT)));
    assert_true(by[0]);
    assert_false(by[1]);
    /* Well-formed, but by nobody we know: the text is not given out. */
    body = T("untouched");
    assert_int_equal(note_open(T(POEM "\n" POEM_LINE), keys, 2, &body, by, &err), -1);
    assert_int_equal(err.code, ERR_NOTE_UNSIGNED);
    assert_true(text_eq(body, T("untouched")));
    assert_int_equal(note_open(T(FOO_NOTE), keys, 0, &body, NULL, &err), -1);
    assert_int_equal(err.code, ERR_NOTE_UNSIGNED);
}

#define OTHER "— example.net/other AAAAAAE=\n"

static void the_form_of_a_note(void **state)
{
    static const struct {
        struct text note;
        enum err_code code; /* ERR_NONE: it opens */
    } cases[] = {
        {L(FOO_NOTE), ERR_NONE},
        /* signatures of unknown keys are ignored, before and after, whatever their kind and size */
        {L(FOO_TEXT "\n" OTHER FOO_LINE), ERR_NONE},
        {L(FOO_TEXT "\n" FOO_LINE OTHER), ERR_NONE},
        {L(FOO_TEXT "\n" FOO_LINE POEM_LINE), ERR_NONE},
        /* … also when they share the name or the id of a known one */
        {L(FOO_TEXT "\n— example.com/foo AAAAAAE=\n" FOO_LINE), ERR_NONE},
        {L(FOO_TEXT "\n— example.com/bar " FOO_BASE64 "\n" FOO_LINE), ERR_NONE},
        {L(FOO_TEXT "\n— example.com/foo AAAAAAE=\n"), ERR_NOTE_UNSIGNED},
        {L(FOO_TEXT "\n— example.com/bar " FOO_BASE64 "\n"), ERR_NOTE_UNSIGNED},
        /* … and when their name has characters that merely look odd */
        {L(FOO_TEXT "\n— 例\xe2\x80\x8b名 AAAAAAE=\n" FOO_LINE), ERR_NONE},
        /* the same signature twice is one that fits */
        {L(FOO_TEXT "\n" FOO_LINE FOO_LINE), ERR_NONE},
        /* a signature of a known key that does not fit spoils the note, wherever it stands */
        {L(FOO_TEXT "\n" FOO_LINE "— example.com/foo Uw2QOgE=\n"), ERR_NOTE_FORGED},
        {L(FOO_TEXT "\n— example.com/foo Uw2QOgE=\n" FOO_LINE), ERR_NOTE_FORGED},
        {L("This is an example message!\n\n" FOO_LINE), ERR_NOTE_FORGED},
        {L(FOO_TEXT FOO_TEXT "\n" FOO_LINE), ERR_NOTE_FORGED},
        {L("\n" FOO_NOTE), ERR_NOTE_FORGED},
        /* the last empty line parts text and signatures */
        {L(FOO_TEXT "\n" OTHER "\n" FOO_LINE), ERR_NOTE_FORGED},
        {L(FOO_TEXT "\n\n" FOO_LINE), ERR_NOTE_FORGED},
        {L(FOO_NOTE "\n"), ERR_NOTE_MALFORMED},
        {L(FOO_TEXT FOO_LINE), ERR_NOTE_MALFORMED},
        {L(FOO_TEXT "\n"), ERR_NOTE_MALFORMED},
        {L(FOO_TEXT), ERR_NOTE_MALFORMED},
        {L(""), ERR_NOTE_MALFORMED},
        {L("\n"), ERR_NOTE_MALFORMED},
        {L("\n\n"), ERR_NOTE_MALFORMED},
        {L("\n" FOO_LINE), ERR_NOTE_MALFORMED},
        {L(FOO_LINE), ERR_NOTE_MALFORMED},
        /* the last line ends in a newline */
        {L(FOO_TEXT "\n— example.com/foo " FOO_BASE64), ERR_NOTE_MALFORMED},
        /* UTF-8 without control characters, in text, names and after the signatures */
        {L("This is\tan example message.\n\n" FOO_LINE), ERR_NOTE_MALFORMED},
        {L("This is an example message.\r\n\n" FOO_LINE), ERR_NOTE_MALFORMED},
        {L("This is an example message.\0\n\n" FOO_LINE), ERR_NOTE_MALFORMED},
        {L("This is an example message.\x1f\n\n" FOO_LINE), ERR_NOTE_MALFORMED},
        {L("\xff" FOO_NOTE), ERR_NOTE_MALFORMED},
        {L("\xed\xa0\x80" FOO_NOTE), ERR_NOTE_MALFORMED},
        {L("\xc0\x8a" FOO_NOTE), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— \xc3 AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_TEXT "\n— example.com/foo " FOO_BASE64 "\r\n"), ERR_NOTE_MALFORMED},
        /* every line after it is: em dash, space, name, space, base 64 */
        {L(FOO_NOTE "garbage\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "- example.net/other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "\xe2\x80\x93 example.net/other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "—example.net/other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "—\xc2\xa0"
                    "example.net/other AAAAAAE=\n"),
         ERR_NOTE_MALFORMED},
        {L(FOO_NOTE " — example.net/other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other \n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— \n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "—\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "—  AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "—  example.net/other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other  AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAAAAE= \n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAAAAE= AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        /* key names: not empty, no Unicode space, no plus */
        {L(FOO_NOTE "— example.net+other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net\xc2\xa0other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net\xc2\x85other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net\xe3\x80\x80other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net\xe2\x80\xa8other AAAAAAE=\n"), ERR_NOTE_MALFORMED},
        /* base 64 of RFC 4648 section 4, padded, canonical, of more than the 4 bytes of a key id */
        {L(FOO_NOTE "— example.net/other AAAAAA==\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAA=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAAAAE\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAAAAF=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAAAAE==\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other AAAA_AE=\n"), ERR_NOTE_MALFORMED},
        {L(FOO_NOTE "— example.net/other ====\n"), ERR_NOTE_MALFORMED},
    };
    struct text body;
    enum err_code code;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int rc = open_with_foo(cases[i].note, &body, &code);
        if (code != cases[i].code)
            print_error("case %zu: %.*s\n", i, TEXT_ARG(cases[i].note));
        assert_int_equal(code, cases[i].code);
        assert_int_equal(rc, cases[i].code == ERR_NONE ? 0 : -1);
        if (rc == 0)
            assert_true(text_eq(body, T(FOO_TEXT)));
    }
}

static void limits(void **state)
{
    struct vkey foo = key_of(FOO_KEY);
    struct text body;
    struct err err;
    char zeros[NOTE_SIGNATURE_MAX + 1] = {0};

    (void)state;
    for (int n = 16; n <= NOTE_SIGNATURES + 1; n++) {
        buf_auto struct buf b = BUF(NOTE_MAX);
        buf_str(&b, FOO_TEXT "\n");
        for (int i = 1; i < n; i++)
            buf_str(&b, OTHER);
        buf_str(&b, FOO_LINE);
        assert_int_equal(note_open(buf_view(&b), &foo, 1, &body, NULL, &err),
                         n <= NOTE_SIGNATURES ? 0 : -1);
    }
    assert_int_equal(err.code, ERR_NOTE_MALFORMED);
    /* 16 signatures of nearly 5 kB, as post-quantum ones are, are taken; a longer one is not. */
    for (size_t size = 5000; size <= sizeof zeros; size += sizeof zeros - 5000) {
        buf_auto struct buf b = BUF(NOTE_MAX);
        buf_str(&b, FOO_NOTE);
        for (int i = 0; i < (size == 5000 ? 15 : 1); i++) {
            buf_str(&b, "— pq ");
            buf_base64(&b, zeros, size);
            buf_char(&b, '\n');
        }
        assert_false(b.failed);
        assert_int_equal(note_open(buf_view(&b), &foo, 1, &body, NULL, &err),
                         size == 5000 ? 0 : -1);
    }
    for (int n = 20; n <= 30; n += 10) {
        buf_auto struct buf b = BUF(2 * NOTE_MAX);
        buf_str(&b, FOO_NOTE);
        for (int i = 0; i < n; i++) {
            buf_str(&b, "— pq ");
            buf_base64(&b, zeros, NOTE_SIGNATURE_MAX);
            buf_char(&b, '\n');
        }
        assert_int_equal(note_open(buf_view(&b), &foo, 1, &body, NULL, &err),
                         b.n <= NOTE_MAX ? 0 : -1);
    }
    for (int over = 0; over < 2; over++) {
        struct err e;
        struct env env = env_replay(7, 0);
        struct signer *s = signer_new(T("n"), &env, &e);
        buf_auto struct buf text = BUF(2 * NOTE_MAX), note = BUF(2 * NOTE_MAX);
        while (text.n < NOTE_MAX - 2 * SIGNER_TEXT - 1 + (size_t)over)
            buf_char(&text, 'x');
        buf_char(&text, '\n');
        assert_int_equal(note_sign(&note, buf_view(&text), s, &e), over ? -1 : 0);
        if (!over)
            assert_int_equal(note_open(buf_view(&note), signer_vkey(s), 1, &body, NULL, &e), 0);
        buf_text(&note, buf_view(&text));
        assert_int_equal(note_open(buf_view(&note), signer_vkey(s), 1, &body, NULL, &e), -1);
        signer_free(s);
    }
}

static void a_note_with_any_bit_flipped_does_not_open(void **state)
{
    char note[] = FOO_NOTE;
    struct text body;
    enum err_code code;

    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof note - 1); bit++) {
        note[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(open_with_foo((struct text){note, sizeof note - 1}, &body, &code), -1);
        note[bit / 8] ^= (char)(1 << bit % 8);
    }
    /* Cut off, in a block of just that size: nothing is read behind its end. */
    for (size_t n = 0; n < sizeof note - 1; n++) {
        char *cut = malloc(n ? n : 1);
        memcpy(cut, note, n);
        assert_int_equal(open_with_foo((struct text){cut, n}, &body, &code), -1);
        free(cut);
    }
}

static void verifier_keys(void **state)
{
    static const struct {
        struct text line;
        bool fits;
    } cases[] = {
        {L(FOO_KEY), true},
        {L(GO_KEY), true},
        {L(""), false},
        {L("example.com/foo"), false},
        {L("example.com/foo+530d903a"), false},
        {L("example.com/foo+530d903a+"), false},
        {L("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo++AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530d903a+AOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), false},
        {L("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l"), false},
        {L("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q=="), false},
        {L("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA=="), false},
        {L(" " FOO_KEY), false},
        {L(FOO_KEY " "), false},
        {L(FOO_KEY "\n"), false},
        {L(GO_PRIVATE), false},
    };
    struct vkey v;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_auto struct buf b = BUF(1000);
        int rc = vkey_parse(&v, cases[i].line, &err);
        if (rc != (cases[i].fits ? 0 : -1))
            print_error("case %zu: %.*s\n", i, TEXT_ARG(cases[i].line));
        assert_int_equal(rc, cases[i].fits ? 0 : -1);
        if (rc == 0) {
            vkey_write(&v, &b);
            assert_true(text_eq(buf_view(&b), cases[i].line));
        } else {
            assert_int_equal(err.code, ERR_KEY_MALFORMED);
        }
    }
    assert_int_equal(key_of(FOO_KEY).id, 0x530d903a);
}

static void signing_gives_the_published_note(void **state)
{
    struct err err;
    struct signer *s = signer_parse(T(GO_PRIVATE "\n"), &err);
    buf_auto struct buf note = BUF(NOTE_MAX), key = BUF(1000);
    char text[SIGNER_TEXT];

    (void)state;
    assert_non_null(s);
    vkey_write(signer_vkey(s), &key);
    assert_string_equal(buf_cstr(&key), GO_KEY);
    assert_int_equal(signer_write(s, text), sizeof GO_PRIVATE);
    assert_string_equal(text, GO_PRIVATE "\n");
    assert_int_equal(note_sign(&note, T(GO_TEXT), s, &err), 0);
    assert_string_equal(buf_cstr(&note), GO_NOTE);
    signer_free(s);
    signer_free(NULL);
}

static void private_keys(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "PRIVATE+KEY+",
        GO_KEY,
        (GO_PRIVATE "\n\n"),
        (" " GO_PRIVATE),
        "PRIVATE+KEY+PeterNeumann+c74f20a3",
        "PRIVATE+KEY+PeterNeumanm+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFy",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFzAA==",
        "PUBLIC++KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    };
    static const struct text names[] = {L(""),          L("a b"),  L("a+b"),          L("a\nb"),
                                        L("a\xc2\xa0"), L("\xff"), L("a\xe3\x80\x80")};
    char name[NOTE_NAME_MAX + 1], text[SIGNER_TEXT];
    struct env env = env_replay(1, 0);
    struct signer *s, *again;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_null(signer_parse(text_of(bad[i]), &err));
        assert_int_equal(err.code, ERR_KEY_MALFORMED);
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_null(signer_new(names[i], &env, &err));
        assert_int_equal(err.code, ERR_KEY_MALFORMED);
    }
    memset(name, 'n', sizeof name);
    assert_null(signer_new((struct text){name, sizeof name}, &env, &err));
    /* The longest name goes to text and back, and its key signs what its verifier key opens. */
    for (size_t n = 1; n < sizeof name; n += 127) {
        buf_auto struct buf note = BUF(NOTE_MAX), key = BUF(1000);
        struct vkey v;
        struct text body;
        s = signer_new((struct text){name, n}, &env, &err);
        assert_non_null(s);
        again = signer_parse((struct text){text, signer_write(s, text)}, &err);
        assert_non_null(again);
        vkey_write(signer_vkey(s), &key);
        assert_int_equal(vkey_parse(&v, buf_view(&key), &err), 0);
        assert_int_equal(note_sign(&note, T("one\n\ntwo\n"), again, &err), 0);
        assert_int_equal(note_open(buf_view(&note), &v, 1, &body, NULL, &err), 0);
        assert_true(text_eq(body, T("one\n\ntwo\n")));
        signer_free(s);
        signer_free(again);
    }
}

static int no_random(struct env *env, void *bytes, size_t n)
{
    (void)env;
    (void)bytes;
    (void)n;
    return -1;
}

static void what_cannot_be_signed(void **state)
{
    static const struct text bodies[] = {L(""),       L("no newline"), L("a\tb\n"),
                                         L("a\0b\n"), L("\xff\n"),     L("a\r\n")};
    struct env env = env_replay(1, 0), dry = {.random = no_random};
    struct err err;
    struct signer *s = signer_new(T("n"), &env, &err);
    buf_auto struct buf small = BUF(50);

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        buf_auto struct buf note = BUF(NOTE_MAX);
        assert_int_equal(note_sign(&note, bodies[i], s, &err), -1);
        assert_int_equal(err.code, ERR_NOTE_MALFORMED);
        assert_int_equal(note.n, 0);
    }
    assert_int_equal(note_sign(&small, T("a\n"), s, &err), -1);
    assert_int_equal(err.code, ERR_NO_MEMORY);
    assert_null(signer_new(T("n"), &dry, &err));
    assert_int_equal(err.code, ERR_RANDOM);
    signer_free(s);

    mem_fail_at(1, 0);
    assert_null(signer_new(T("n"), &env, &err));
    assert_int_equal(err.code, ERR_NO_MEMORY);
    mem_fail_at(1, 0);
    assert_null(signer_parse(T(GO_PRIVATE), &err));
    assert_int_equal(err.code, ERR_NO_MEMORY);
    mem_fail_at(0, 0);
}

/* A key that was replaced, and a witness: each reader goes by the keys that he has. */
static void several_signers(void **state)
{
    struct env env = env_replay(3, 0);
    struct err err;
    struct signer *s[3];
    struct vkey v[3];
    buf_auto struct buf note = BUF(NOTE_MAX);
    struct text body;
    bool by[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        s[i] = signer_new(i < 2 ? T("log") : T("witness"), &env, &err);
        v[i] = *signer_vkey(s[i]);
    }
    for (int i = 0; i < 3; i += 2) {
        buf_auto struct buf one = BUF(NOTE_MAX);
        assert_int_equal(note_sign(&one, T("text\n"), s[i], &err), 0);
        buf_text(&note, i == 0 ? buf_view(&one) : text_from(buf_view(&one), strlen("text\n\n")));
    }
    assert_int_equal(note_open(buf_view(&note), v, 3, &body, by, &err), 0);
    assert_true(by[0] && !by[1] && by[2]);
    assert_int_equal(note_open(buf_view(&note), v + 1, 1, &body, by, &err), -1);
    assert_int_equal(err.code, ERR_NOTE_UNSIGNED);
    assert_int_equal(note_open(buf_view(&note), v + 2, 1, &body, by, &err), 0);
    /* A key under the name and id of another: whatever it signs does not fit. */
    v[1].id = v[0].id;
    assert_int_equal(note_open(buf_view(&note), v + 1, 1, &body, by, &err), -1);
    assert_int_equal(err.code, ERR_NOTE_FORGED);
    assert_int_equal(note_open(buf_view(&note), v, 2, &body, by, &err), -1);
    for (int i = 0; i < 3; i++)
        signer_free(s[i]);
}

#define ORIGIN "example.com/behind-the-sofa\n"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static void checkpoints(void **state)
{
    static const struct {
        struct text body;
        bool fits;
    } cases[] = {
        {L(ORIGIN "20852163\n" ROOT "\n"), true},
        {L(ORIGIN "0\n" ROOT "\n"), true},
        {L(ORIGIN "9223372036854775807\n" ROOT "\n"), true},
        {L("某市 整改台账+1\n1\n" ROOT "\n"), true}, /* origins are not key names */
        {L(ORIGIN "1\n" ROOT "\none\n"), true},
        {L(ORIGIN "1\n" ROOT "\none\n two \n"), true},
        {L(""), false},
        {L("\n"), false},
        {L("\n1\n" ROOT "\n"), false},
        {L(ORIGIN), false},
        {L(ORIGIN "1\n"), false},
        {L(ORIGIN "1\n\n"), false},
        {L(ORIGIN "1\n" ROOT), false},
        {L(ORIGIN "\n" ROOT "\n"), false},
        {L(ORIGIN ROOT "\n1\n"), false},
        {L(ORIGIN "01\n" ROOT "\n"), false},
        {L(ORIGIN "00\n" ROOT "\n"), false},
        {L(ORIGIN "-1\n" ROOT "\n"), false},
        {L(ORIGIN "-0\n" ROOT "\n"), false},
        {L(ORIGIN "+1\n" ROOT "\n"), false},
        {L(ORIGIN " 1\n" ROOT "\n"), false},
        {L(ORIGIN "1 \n" ROOT "\n"), false},
        {L(ORIGIN "1.0\n" ROOT "\n"), false},
        {L(ORIGIN "0x1\n" ROOT "\n"), false},
        {L(ORIGIN "１\n" ROOT "\n"), false},
        {L(ORIGIN "9223372036854775808\n" ROOT "\n"), false},
        {L(ORIGIN "18446744073709551616\n" ROOT "\n"), false},
        {L(ORIGIN "1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n"), false},
        {L(ORIGIN "1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"), false},
        {L(ORIGIN "1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n"), false},
        {L(ORIGIN "1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"), false},
        {L(ORIGIN "1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n"), false},
        {L(ORIGIN "1\n" ROOT " \n"), false},
        {L(ORIGIN "1\n" ROOT "\n\n"), false},
        {L(ORIGIN "1\n" ROOT "\n\none\n"), false},
        {L(ORIGIN "1\n" ROOT "\none\n\n"), false},
        {L(ORIGIN "1\n" ROOT "\none\n\ntwo\n"), false},
        {L(ORIGIN "1\n" ROOT "\none"), false},
    };
    struct checkpoint c;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_auto struct buf b = BUF(1000);
        int rc = checkpoint_parse(&c, cases[i].body, &err);
        if (rc != (cases[i].fits ? 0 : -1))
            print_error("case %zu: %.*s\n", i, TEXT_ARG(cases[i].body));
        assert_int_equal(rc, cases[i].fits ? 0 : -1);
        if (rc == 0) {
            /* What was read is written again to the byte. */
            assert_int_equal(checkpoint_write(&c, &b, &err), 0);
            assert_true(text_eq(buf_view(&b), cases[i].body));
        } else {
            assert_int_equal(err.code, ERR_CHECKPOINT_MALFORMED);
        }
    }
    assert_int_equal(checkpoint_parse(&c, cases[0].body, &err), 0);
    assert_true(text_eq(c.origin, T("example.com/behind-the-sofa")));
    assert_int_equal(c.size, 20852163);
    assert_int_equal(c.root.b[0], 0x0a);
    assert_int_equal(c.root.b[31], 0x62);
    assert_int_equal(c.extensions.n, 0);
    assert_int_equal(checkpoint_parse(&c, T(ORIGIN "1\n" ROOT "\none\ntwo\n"), &err), 0);
    assert_true(text_eq(c.extensions, T("one\ntwo\n")));
}

static void checkpoints_that_cannot_be_written(void **state)
{
    static const struct checkpoint bad[] = {
        {.origin = L(""), .size = 1},
        {.origin = L("a\nb"), .size = 1},
        {.origin = L("a"), .size = (uint64_t)INT64_MAX + 1},
        {.origin = L("a"), .size = 1, .extensions = L("no newline")},
        {.origin = L("a"), .size = 1, .extensions = L("\n")},
        {.origin = L("a"), .size = 1, .extensions = L("one\n\ntwo\n")},
    };
    struct checkpoint good = {.origin = T("a"), .size = 1};
    struct err err;
    buf_auto struct buf b = BUF(1000), small = BUF(20);

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(checkpoint_write(&bad[i], &b, &err), -1);
        assert_int_equal(err.code, ERR_CHECKPOINT_MALFORMED);
        assert_int_equal(b.n, 0);
    }
    assert_int_equal(checkpoint_write(&good, &small, &err), -1);
    assert_int_equal(err.code, ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_notes_open),
        cmocka_unit_test(the_form_of_a_note),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_note_with_any_bit_flipped_does_not_open),
        cmocka_unit_test(verifier_keys),
        cmocka_unit_test(signing_gives_the_published_note),
        cmocka_unit_test(private_keys),
        cmocka_unit_test(what_cannot_be_signed),
        cmocka_unit_test(several_signers),
        cmocka_unit_test(checkpoints),
        cmocka_unit_test(checkpoints_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
