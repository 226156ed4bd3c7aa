/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be told of a domain XML by looking for words in it: enough to let a VM
 * without host devices go without a parser, and even without the libraries that one
 * needs.
 */
#include "hd-xml-mention.h"

#include <string.h>

/* A word to look for, and a byte of it that is rare in XML: memchr() is fast. */
typedef struct {
    const char *word;
    size_t pivot;
} Word;

static bool
is_at(const char *bytes, size_t length, size_t pivot, const Word *word)
{
    const size_t whole = strlen(word->word);
    return pivot >= word->pivot && length - (pivot - word->pivot) >= whole &&
           memcmp(bytes + pivot - word->pivot, word->word, whole) == 0;
}

/* Whether any of the words is there, all of which have the same byte as their pivot. */
static bool
has_any(const char *bytes, size_t length, const Word *words, size_t count)
{
    const int byte = (unsigned char)words[0].word[words[0].pivot];
    const char *found = length > 0 ? memchr(bytes, byte, length) : NULL;
    while (found != NULL) {
        const size_t pivot = (size_t)(found - bytes);
        for (size_t i = 0; i < count; i++) {
            if (is_at(bytes, length, pivot, &words[i]))
                return true;
        }
        found = memchr(found + 1, byte, length - pivot - 1);
    }
    return false;
}

bool
hd_xml_scan_mentions_devices(const char *bytes, size_t length)
{
    /*
     * "hostdev" is in <hostdev>, in type='hostdev' and in our namespace; 'dev' is the type of a
     * port of the host. A character reference ("&#104;ostdev") could spell each differently;
     * libvirt writes none, a person may. In what holds a NUL, all of it may be written otherwise
     * (UTF-16): that is for the parser to refuse.
     */
    static const Word words[] = {{"hostdev", 6}, {"nvme", 1}, {"'dev'", 3}, {"\"dev\"", 3}};
    static const Word reference = {"&#", 0};
    return has_any(bytes, length, words, sizeof words / sizeof words[0]) ||
           has_any(bytes, length, &reference, 1) ||
           (length > 0 && memchr(bytes, '\0', length) != NULL);
}

bool
hd_xml_scan_mentions_pages(const char *bytes, size_t length)
{
    static const Word word = {"hugepages", 2};
    return has_any(bytes, length, &word, 1);
}

/* As isspace() and the like have it in the C locale, which costs their tables to be looked up. */
static bool
is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool
is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

static char
to_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

bool
hd_xml_scan_is_whole(const char *bytes, size_t length)
{
    static const char open[] = "<domain", close[] = "</domain>";
    while (length > 0 && is_space(bytes[length - 1]))
        length--;
    return length >= sizeof open + sizeof close && memcmp(bytes, open, sizeof open - 1) == 0 &&
           memcmp(bytes + length - (sizeof close - 1), close, sizeof close - 1) == 0;
}

static bool
read_uuid(const char *text, char ret_uuid[HD_XML_UUID_SIZE])
{
    for (size_t i = 0; i < HD_XML_UUID_SIZE - 1; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char byte = to_lower(text[i]);
        if (is_dash ? byte != '-' : !is_hex(byte))
            return false;
        ret_uuid[i] = byte;
    }
    ret_uuid[HD_XML_UUID_SIZE - 1] = '\0';
    return true;
}

bool
hd_xml_scan_next_uuid(const char *bytes, size_t length, size_t *cursor,
                      char ret_uuid[HD_XML_UUID_SIZE])
{
    static const char open[] = "<uuid>", close[] = "</uuid>";
    const size_t whole = strlen(open) + HD_XML_UUID_SIZE - 1 + strlen(close);
    while (*cursor < length) {
        const char *found = memmem(bytes + *cursor, length - *cursor, open, strlen(open));
        if (found == NULL || length - (size_t)(found - bytes) < whole)
            break;
        const char *text = found + strlen(open);
        *cursor = (size_t)(text - bytes);
        if (memcmp(text + HD_XML_UUID_SIZE - 1, close, strlen(close)) == 0 &&
            read_uuid(text, ret_uuid))
            return true;
    }
    *cursor = length;
    return false;
}
