-- Why: a return file that we ourselves fail to work is put off and tried again, and only its own
-- page said so; its owner is alarmed now.
-- Locks: access exclusive on batch_alarm while its rows are read. How long: milliseconds, alarms
-- are few.

alter table batch_alarm drop constraint batch_alarm_kind_check;
alter table batch_alarm add constraint batch_alarm_kind_check check (
  kind in ('acknowledgementOverdue', 'fileHeld', 'filePutOff', 'fileRefused', 'linesUnmatched',
    'pickUpFailed'));
