/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much memory a VM has in huge pages, of which size, on which host nodes: as libvirt
 * works it out for QEMU's memory backends.
 */
#include "hd-xml-memory.h"

#include <string.h>

#include "hd-text.h"
#include "hd-xml.h"

/* The size of a page that is none of the huge ones. */
#define SMALL_KB 4

#define MAX_KB (G_GUINT64_CONSTANT(1) << 50)

typedef struct {
    const xmlNode *domain;
    const xmlNode *hugepages;
    HdRequest *request;
} Reader;

static void
give_up(Reader *reader, const xmlNode *node, const char *what)
{
    if (reader->request->pages_unread == NULL)
        reader->request->pages_unread =
            g_strdup_printf("<%s> has %s that is not understood", (const char *)node->name, what);
}

/* One part of a node set, "2", "0-3" or "^1", onto the bits. */
static bool
apply_range(const char *part, guint64 *nodes)
{
    bool is_excluded = *part == '^';
    g_auto(GStrv) ends = g_strsplit(is_excluded ? part + 1 : part, "-", 2);
    guint64 first, last;
    if (*ends == NULL || !hd_text_unsigned(ends[0], 10, 0, 63, &first))
        return false;
    last = first;
    if (ends[1] != NULL && !hd_text_unsigned(ends[1], 10, first, 63, &last))
        return false;
    for (guint64 node = first; node <= last; node++)
        *nodes = is_excluded ? *nodes & ~(G_GUINT64_CONSTANT(1) << node)
                             : *nodes | G_GUINT64_CONSTANT(1) << node;
    return true;
}

bool
hd_xml_memory_parse_nodes(const char *text, guint64 *ret_nodes)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    guint64 nodes = 0;
    for (char **part = parts; *part != NULL; part++) {
        if (!apply_range(g_strstrip(*part), &nodes))
            return false;
    }
    if (nodes == 0)
        return false;
    *ret_nodes = nodes;
    return true;
}

/* Bytes in a unit, as virScaleInteger() has them: "KiB", "M", "GB", "bytes"; 0: no unit. */
static guint64
unit_bytes(const char *unit)
{
    static const char letters[] = "kmgtpe";
    if (unit == NULL)
        return 1024;
    if (g_ascii_strcasecmp(unit, "b") == 0 || g_ascii_strcasecmp(unit, "byte") == 0 ||
        g_ascii_strcasecmp(unit, "bytes") == 0)
        return 1;
    const char *letter = *unit != '\0' ? strchr(letters, g_ascii_tolower(*unit)) : NULL;
    bool is_binary = *unit != '\0' && (unit[1] == '\0' || g_ascii_strcasecmp(unit + 1, "ib") == 0);
    if (letter == NULL || (!is_binary && g_ascii_strcasecmp(unit + 1, "b") != 0))
        return 0;
    guint64 bytes = 1;
    for (const char *step = letters; step <= letter; step++)
        bytes *= is_binary ? 1024 : 1000;
    return bytes;
}

/* A number with a unit, as KiB, rounded up. */
static bool
scale(const char *text, const char *unit, guint64 *ret_kb)
{
    guint64 number, bytes = unit_bytes(unit);
    if (text == NULL || bytes == 0 || !hd_xml_parse_number(text, &number) ||
        number > MAX_KB / bytes * 1024)
        return false;
    *ret_kb = number * bytes / 1024 + (number * bytes % 1024 != 0);
    return true;
}

/* The content of <memory unit=>, <size unit=> or <pagesize unit=>. */
static bool
read_content(Reader *reader, const xmlNode *node, guint64 *ret_kb)
{
    g_autofree char *text = hd_xml_text(node);
    g_autofree char *unit = hd_xml_attribute(node, "unit");
    if (text != NULL && scale(g_strstrip(text), unit, ret_kb))
        return true;
    give_up(reader, node, "a size");
    return false;
}

static bool
read_attribute(Reader *reader, const xmlNode *node, const char *name, guint64 *ret_kb)
{
    g_autofree char *text = hd_xml_attribute(node, name);
    g_autofree char *unit = hd_xml_attribute(node, "unit");
    if (scale(text, unit, ret_kb))
        return true;
    give_up(reader, node, "a size");
    return false;
}

static bool
read_nodes(Reader *reader, const xmlNode *node, const char *name, guint64 *ret_nodes)
{
    g_autofree char *text = hd_xml_attribute(node, name);
    if (text == NULL || hd_xml_memory_parse_nodes(text, ret_nodes))
        return true;
    give_up(reader, node, "a set of nodes");
    return false;
}

/* The size of pages of the guest's node @cell; false: it has small ones, or it can't be told. */
static bool
find_size(Reader *reader, guint64 cell, guint64 *ret_kb)
{
    bool is_set = hd_xml_child(reader->hugepages, "page") == NULL;
    guint64 kb = 0;
    for (const xmlNode *page = reader->hugepages->children; page != NULL; page = page->next) {
        guint64 size, cells = 0;
        if (!hd_xml_is(page, "page", NULL))
            continue;
        if (!read_attribute(reader, page, "size", &size) ||
            !read_nodes(reader, page, "nodeset", &cells))
            return false;
        if (cells != 0 && (cell > 63 || (cells >> cell & 1) == 0))
            continue;
        kb = size;
        is_set = true;
        if (cells != 0)
            break;
    }
    if (!is_set || kb == SMALL_KB)
        return false;
    *ret_kb = kb;
    return true;
}

/* Host nodes that a <memory> or <memnode> binds to; 0: it may be anywhere. */
static guint64
bound_nodes(Reader *reader, const xmlNode *tune)
{
    g_autofree char *mode = hd_xml_attribute(tune, "mode");
    guint64 nodes = 0;
    bool is_bound = mode == NULL || g_str_equal(mode, "strict") || g_str_equal(mode, "restrictive");
    if (tune == NULL || !is_bound || !read_nodes(reader, tune, "nodeset", &nodes))
        return 0;
    return nodes;
}

static guint64
find_nodes(Reader *reader, guint64 cell)
{
    const xmlNode *numatune = hd_xml_child(reader->domain, "numatune");
    for (const xmlNode *node = numatune != NULL ? numatune->children : NULL; node != NULL;
         node = node->next) {
        g_autofree char *id = hd_xml_attribute(node, "cellid");
        guint64 number;
        if (hd_xml_is(node, "memnode", NULL) && id != NULL && hd_xml_parse_number(id, &number) &&
            number == cell)
            return bound_nodes(reader, node);
    }
    return bound_nodes(reader, hd_xml_child(numatune, "memory"));
}

static void
add_need(Reader *reader, guint64 cell, guint64 kb)
{
    HdPagesNeed need = {0, 0, kb};
    if (!find_size(reader, cell, &need.size_kb))
        return;
    need.nodes = find_nodes(reader, cell);
    g_array_append_val(reader->request->pages, need);
}

/* Returns: whether the guest has NUMA nodes of its own. */
static bool
read_cells(Reader *reader)
{
    const xmlNode *numa = hd_xml_child(hd_xml_child(reader->domain, "cpu"), "numa");
    guint64 count = 0;
    for (const xmlNode *node = numa != NULL ? numa->children : NULL; node != NULL;
         node = node->next) {
        guint64 kb, id = count;
        if (!hd_xml_is(node, "cell", NULL))
            continue;
        g_autofree char *text = hd_xml_attribute(node, "id");
        if (text != NULL && !hd_xml_parse_number(text, &id))
            give_up(reader, node, "an id");
        if (read_attribute(reader, node, "memory", &kb))
            add_need(reader, id, kb);
        count++;
    }
    return count > 0;
}

/* <memory model='dimm'><source><pagesize/><nodemask/></source><target><size/><node/></target> */
static void
add_dimm(Reader *reader, const xmlNode *dimm)
{
    const xmlNode *source = hd_xml_child(dimm, "source");
    const xmlNode *target = hd_xml_child(dimm, "target");
    const xmlNode *page = hd_xml_child(source, "pagesize");
    const xmlNode *size = hd_xml_child(target, "size");
    g_autofree char *node = hd_xml_text(hd_xml_child(target, "node"));
    g_autofree char *mask = hd_xml_text(hd_xml_child(source, "nodemask"));
    HdPagesNeed need = {0, 0, 0};
    guint64 cell = 0;
    if (size == NULL || (node != NULL && !hd_xml_parse_number(g_strstrip(node), &cell))) {
        give_up(reader, dimm, "a target");
        return;
    }
    if (!read_content(reader, size, &need.kb) ||
        (page != NULL && !read_content(reader, page, &need.size_kb)) || need.size_kb == SMALL_KB ||
        (page == NULL && !find_size(reader, cell, &need.size_kb)))
        return;
    need.nodes = find_nodes(reader, cell);
    if (mask != NULL && !hd_xml_memory_parse_nodes(g_strstrip(mask), &need.nodes))
        give_up(reader, dimm, "a set of nodes");
    g_array_append_val(reader->request->pages, need);
}

static void
read_dimms(Reader *reader)
{
    const xmlNode *devices = hd_xml_child(reader->domain, "devices");
    for (const xmlNode *node = devices != NULL ? devices->children : NULL; node != NULL;
         node = node->next) {
        g_autofree char *model =
            hd_xml_is(node, "memory", NULL) ? hd_xml_attribute(node, "model") : NULL;
        if (g_strcmp0(model, "dimm") == 0)
            add_dimm(reader, node);
    }
}

void
hd_xml_memory_read(const xmlNode *domain, HdRequest *request)
{
    const xmlNode *backing = hd_xml_child(domain, "memoryBacking");
    const xmlNode *memory = hd_xml_child(domain, "memory");
    Reader reader = {domain, hd_xml_child(backing, "hugepages"), request};
    guint64 kb;
    if (reader.hugepages == NULL)
        return;
    if (!read_cells(&reader)) {
        if (memory == NULL)
            give_up(&reader, domain, "no <memory>, or one");
        else if (read_content(&reader, memory, &kb))
            add_need(&reader, 0, kb);
    }
    read_dimms(&reader);
}
