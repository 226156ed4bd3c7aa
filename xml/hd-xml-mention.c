/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be told of a domain XML by looking for words in it: enough to let a VM
 * without host devices go without a parser, and even without the libraries that one
 * needs.
 */
#include "hd-xml-mention.h"

#include <ctype.h>
#include <string.h>

static bool
has(const char *bytes, size_t length, const char *word)
{
    return memmem(bytes, length, word, strlen(word)) != NULL;
}

bool
hd_xml_scan_mentions_devices(const char *bytes, size_t length)
{
    /*
     * "hostdev" is in <hostdev>, in type='hostdev' and in our namespace; 'dev' is the type of a
     * port of the host. A character reference ("&#104;ostdev") could spell each differently;
     * libvirt writes none, a person may.
     */
    return has(bytes, length, "hostdev") || has(bytes, length, "nvme") ||
           has(bytes, length, "'dev'") || has(bytes, length, "\"dev\"") || has(bytes, length, "&#");
}

bool
hd_xml_scan_mentions_pages(const char *bytes, size_t length)
{
    return has(bytes, length, "hugepages");
}

bool
hd_xml_scan_is_whole(const char *bytes, size_t length)
{
    static const char open[] = "<domain", close[] = "</domain>";
    while (length > 0 && isspace((unsigned char)bytes[length - 1]))
        length--;
    return length >= sizeof open + sizeof close && memcmp(bytes, open, sizeof open - 1) == 0 &&
           memcmp(bytes + length - (sizeof close - 1), close, sizeof close - 1) == 0;
}

static bool
read_uuid(const char *text, char ret_uuid[HD_XML_UUID_SIZE])
{
    for (size_t i = 0; i < HD_XML_UUID_SIZE - 1; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        unsigned char byte = (unsigned char)text[i];
        if (is_dash ? byte != '-' : isxdigit(byte) == 0)
            return false;
        ret_uuid[i] = (char)tolower(byte);
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
