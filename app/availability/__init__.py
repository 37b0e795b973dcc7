"""Who is taken when: absences, busy calendars, public holidays, marked weeks; and the slots that suit most."""
