export const before = (): string => later;

before(); // here

const later = "no other file has to do with it";
