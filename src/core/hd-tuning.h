/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_TUNING_H
#define HD_TUNING_H

#include <glib.h>
#include <stdbool.h>

/** HdBars: sizes of a function's six BARs in MiB, powers of two; 0: as it is. A plain value. */
typedef struct {
    guint64 mb[6];
} HdBars;

/** Returns: whether any size is said. */
bool hd_bars_is_set(const HdBars *bars);
bool hd_bars_equal(const HdBars *a, const HdBars *b);

/** Returns: (transfer full): "0:8192M 2:16M". hd_bars_parse() reads it. */
char *hd_bars_format(const HdBars *bars);

/**
 * hd_bars_parse:
 * @text: "BAR:SIZE" items with blanks between them; a size ends in M or G and is a power of two
 *
 * Returns: whether @text is that, with each BAR at most once and one at least.
 */
bool hd_bars_parse(const char *text, HdBars *ret_bars);

/**
 * HdSetting:
 * One attribute of a PCI function that a VM may have otherwise: reset_method, d3cold_allowed or
 * power/control.
 */
typedef struct {
    char *name;   /* below the function's folder in sysfs */
    char *before; /* "" is a value of reset_method: none */
    char *after;  /* (nullable): what a VM gets; NULL: only put back afterwards, since the change of
                     the driver changes it */
} HdSetting;

/** Returns: (transfer full) (element-type HdSetting): an empty list. */
GPtrArray *hd_settings_new(void);
/** Appends a setting; all is copied. @after is nullable. */
void hd_settings_add(GPtrArray *settings, const char *name, const char *before, const char *after);
/** Returns: (transfer full): a copy. */
GPtrArray *hd_settings_copy(const GPtrArray *settings);

/** Returns: whether @name is one of the three attributes. */
bool hd_setting_is_name(const char *name);

/** Returns: whether @value may be written to one: words of a-z, 0-9 and "_" with blanks between. */
bool hd_setting_is_value(const char *value);

/** Returns: (transfer full): "power/control|auto|on". hd_setting_parse() reads it. */
char *hd_setting_format(const HdSetting *setting);

/** Appends the setting that @text is to @settings. Returns: whether it is one. */
bool hd_setting_parse(const char *text, GPtrArray *settings);

/** HdTuning: how a VM wants a function to be set; what is NULL or 0 is not said. */
typedef struct {
    char *reset_method; /* "bus" */
    char *d3cold;       /* "0" or "1" */
    char *power;        /* "on" or "auto" */
    HdBars bars;
} HdTuning;

void hd_tuning_clear(HdTuning *tuning);

/** Copies @from into @to, which is empty. */
void hd_tuning_copy(const HdTuning *from, HdTuning *to);

/**
 * hd_tuning_set:
 * @name: "reset", "d3cold", "power" or "rebar": as in metadata
 *
 * Returns: NULL when @tuning has it now; else what @value has to be, for a message.
 */
const char *hd_tuning_set(HdTuning *tuning, const char *name, const char *value);

/** Returns: whether @name is one that hd_tuning_set() knows. */
bool hd_tuning_is_name(const char *name);

#endif
