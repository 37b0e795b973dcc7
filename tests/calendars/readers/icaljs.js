// Reads calendars with ical.js. For each line "FIRST UNTIL PATH" on standard input (two days, a file) one line of JSON:
// [uid, starts, ends, summary, status] of every instance that begins on or after FIRST and before UNTIL.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import ICAL from "ical.js";

function written(time) {
  return time.isDate ? time.toString() : time.convertToZone(ICAL.Timezone.utcTimezone).toString();
}

function* occurrences(event, until) {
  if (!event.isRecurring()) {
    yield { item: event, startDate: event.startDate, endDate: event.endDate };
    return;
  }
  const starts = event.iterator();
  for (let start = starts.next(); start && start.compare(until) < 0; start = starts.next()) {
    yield event.getOccurrenceDetails(start);
  }
}

function instances(path, first, until) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  const events = calendar.getAllSubcomponents("vevent");
  const found = [];
  for (const component of events) {
    if (component.hasProperty("recurrence-id")) continue; // an exception comes with its master
    const uid = component.getFirstPropertyValue("uid"); // by itself ical.js takes exceptions of every other UID too
    const exceptions = events.filter(
      (other) => other.hasProperty("recurrence-id") && other.getFirstPropertyValue("uid") === uid,
    );
    for (const { item, startDate, endDate } of occurrences(new ICAL.Event(component, { exceptions }), until)) {
      if (startDate.compare(first) < 0 || startDate.compare(until) >= 0) continue;
      const status = item.component.getFirstPropertyValue("status");
      found.push([item.uid, written(startDate), written(endDate), item.summary, status]);
    }
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [first, until, ...path] = line.split(" ");
  const [from, to] = [first, until].map((day) => ICAL.Time.fromDateTimeString(`${day}T00:00:00Z`));
  console.log(JSON.stringify(instances(path.join(" "), from, to)));
}
