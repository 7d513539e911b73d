/** Security event tokens of one answer */
export const MOST_EVENTS = 100;
