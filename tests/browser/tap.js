// Prints TAP: each test is one call of `check`, whose function throws or returns a list of complaints where it fails. What
// the caller has printed before counts: TAP_COUNT tests.

let count = Number(process.env.TAP_COUNT ?? 0);
let failed = 0;

const SHOWN_COMPLAINTS = 12;

function plainText(value) {
  return String(value).replace(/\s+/g, ' ').slice(0, 400);
}

export async function check(name, test) {
  count++;
  let complaints;
  try {
    complaints = (await test()) ?? [];
  } catch (error) {
    complaints = [error.message];
  }
  console.log(`${complaints.length === 0 ? 'ok' : 'not ok'} ${count} - ${plainText(name)}`);
  if (complaints.length === 0) return;
  failed++;
  for (const complaint of complaints.slice(0, SHOWN_COMPLAINTS)) console.log(`# ${plainText(complaint)}`);
  if (complaints.length > SHOWN_COMPLAINTS) console.log(`# and ${complaints.length - SHOWN_COMPLAINTS} more`);
}

// Ends the program: with status 1 where a test failed.
export function finish() {
  console.log(`1..${count}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
