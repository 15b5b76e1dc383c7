/** Pictures that go to the page at once. */
export const AT_ONCE = 64;
