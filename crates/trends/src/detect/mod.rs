//! Finds what rises in a stream of items. Pure: no I/O, time is a parameter.
