/** Settings that a reload changes in place: whoever holds the object reads what holds now. */

/** Gives an object the members of another one of its sort; those that the other has not are undefined then. */
export function changeMembers<Values extends object>(held: Values, next: Values): void {
  const none = Object.fromEntries(Object.keys(held).map((name) => [name, undefined]));
  Object.assign(held, none, next);
}
