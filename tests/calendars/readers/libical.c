/* Reads calendars with libical. For each line "FIRST UNTIL PATH" on standard input (two days, a file) one line of JSON:
   [uid, starts, ends, summary, status] of every instance that begins on or after FIRST and before UNTIL. */

#include <libical/ical.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    icalcomponent *calendar, *event;
    time_t first, until;
    bool any; /* whether an instance was written already */
} Reading;

static void fail(const char *why, const char *what)
{
    fprintf(stderr, "%s: %s\n", why, what);
    exit(1);
}

static void write_text(const char *text)
{
    putchar('"');
    for (const unsigned char *at = (const unsigned char *)(text ? text : ""); *at; at++) {
        if (*at == '"' || *at == '\\')
            printf("\\%c", *at);
        else if (*at < 0x20)
            printf("\\u%04x", *at);
        else
            putchar(*at);
    }
    putchar('"');
}

static void write_time(time_t moment, bool is_date)
{
    char text[32];
    strftime(text, sizeof text, is_date ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", gmtime(&moment));
    write_text(text);
}

static void write_instance(Reading *reading, time_t starts, time_t ends, bool is_date)
{
    if (starts < reading->first || starts >= reading->until)
        return;
    icalproperty *status = icalcomponent_get_first_property(reading->event, ICAL_STATUS_PROPERTY);
    printf(reading->any ? ", [" : "[");
    reading->any = true;
    write_text(icalcomponent_get_uid(reading->event));
    putchar(',');
    write_time(starts, is_date);
    putchar(',');
    write_time(ends, is_date);
    putchar(',');
    write_text(icalcomponent_get_summary(reading->event));
    putchar(',');
    write_text(status ? icalproperty_get_value_as_string(status) : NULL);
    putchar(']');
}

static time_t instant(icaltimetype time)
{
    return icaltime_as_timet_with_zone(time, time.zone);
}

/* Whether an exception stands for the event at that instant: libical leaves this to its users. */
static bool is_replaced(const Reading *reading, time_t starts)
{
    icalcompiter each = icalcomponent_begin_component(reading->calendar, ICAL_VEVENT_COMPONENT);
    for (icalcomponent *other; (other = icalcompiter_deref(&each)); icalcompiter_next(&each)) {
        icalproperty *replaces = icalcomponent_get_first_property(other, ICAL_RECURRENCEID_PROPERTY);
        if (replaces && strcmp(icalcomponent_get_uid(other), icalcomponent_get_uid(reading->event)) == 0 &&
            instant(icalproperty_get_datetime_with_component(replaces, other)) == starts)
            return true;
    }
    return false;
}

static void one_recurrence(icalcomponent *event, struct icaltime_span *span, void *data)
{
    bool is_date = icalcomponent_get_dtstart(event).is_date;
    if (!is_replaced(data, span->start))
        write_instance(data, span->start, span->end + is_date, is_date); /* a span of days ends a second before midnight */
}

static void write_instances(Reading *reading)
{
    icalcompiter each = icalcomponent_begin_component(reading->calendar, ICAL_VEVENT_COMPONENT);
    for (; (reading->event = icalcompiter_deref(&each)); icalcompiter_next(&each)) {
        if (icalcomponent_get_first_property(reading->event, ICAL_RRULE_PROPERTY)) {
            icaltimezone *utc = icaltimezone_get_utc_timezone();
            icalcomponent_foreach_recurrence(reading->event, icaltime_from_timet_with_zone(reading->first, 0, utc),
                                             icaltime_from_timet_with_zone(reading->until, 0, utc), one_recurrence,
                                             reading);
        } else {
            icaltimetype starts = icalcomponent_get_dtstart(reading->event);
            write_instance(reading, instant(starts), instant(icalcomponent_get_dtend(reading->event)), starts.is_date);
        }
    }
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail("cannot be opened", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    char *text = calloc(size + 1, 1);
    rewind(file);
    if (!text || fread(text, 1, size, file) != size)
        fail("cannot be read", path);
    fclose(file);
    return text;
}

static time_t midnight(const char *day)
{
    int year, month, of_month;
    if (sscanf(day, "%d-%d-%d", &year, &month, &of_month) != 3)
        fail("not a day", day);
    icaltimetype time = icaltime_null_date();
    time.year = year, time.month = month, time.day = of_month;
    return icaltime_as_timet(time);
}

int main(void)
{
    char line[4096], first[11], until[11], path[4000];
    icalerror_set_errors_are_fatal(false);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%10s %10s %3999[^\n]", first, until, path) != 3)
            fail("not understood", line);
        char *text = contents(path);
        Reading reading = {icalparser_parse_string(text), NULL, midnight(first), midnight(until), false};
        if (!reading.calendar)
            fail("no calendar", path);
        if (icalcomponent_count_errors(reading.calendar))
            fail("libical complains", icalcomponent_as_ical_string(reading.calendar));
        putchar('[');
        write_instances(&reading);
        puts("]");
        fflush(stdout);
        icalcomponent_free(reading.calendar);
        free(text);
    }
    return 0;
}
