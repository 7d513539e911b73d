/** Who ask at the same time, each over a connection of its own and for a user of its own */
export const CALLERS = 8;
