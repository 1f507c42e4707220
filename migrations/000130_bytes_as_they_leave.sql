-- Why: the bytes of a file were compressed by the database while they were stored, which took more
-- time than reading, rendering and hashing them. They are kept as they leave; sealed ones could not
-- be compressed anyway. Files stored before stay as they are and read the same.
-- Locks: access exclusive on batch_file_bytes for a moment. How long: no row is read or written.

alter table batch_file_bytes alter column bytes set storage external;
