/** Schema 3: why it was an account's turn. */
export const reasons = `
  ALTER TABLE attempts ADD COLUMN why TEXT;
`;
