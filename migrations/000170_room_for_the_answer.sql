-- Why: a line of a file is written once and answered once. On a full page the answer makes a second
-- row elsewhere and an entry in each of three indexes; beside it on its page, none of them.
-- Locks: batch_line, for a moment. How long: milliseconds; what is stored already stays as it is.

alter table batch_line set (fillfactor = 50);
