// Sorting and filtering, checked against the page's own cells: what a column holds is read before, put in order here, and
// compared with what the script made of it.

// Every sortable table as {caption, heads: [{text, sorts}], rows: [[{text, value}]]}; value is null where a cell is not a
// number's, and "" where it holds none. Runs inside the page.
export function readTables() {
  return [...document.querySelectorAll('table.sortable')].map((table) => ({
    caption: table.caption.textContent.trim(),
    heads: [...table.tHead.rows[0].cells].map((head) => ({
      text: head.textContent.trim(), sorts: head.querySelector('button') !== null, state: head.getAttribute('aria-sort'),
    })),
    rows: [...table.tBodies[0].rows].filter((row) => row.checkVisibility()).map((row) => [...row.cells].map((cell) => ({
      text: cell.textContent.trim().toLowerCase(), value: cell.getAttribute('data-value'),
    }))),
  }));
}

function isNumeric(rows, column) {
  return rows.every((row) => row[column].value !== null);
}

// A median that was not reached is longer than any.
function isNotReached(cell) {
  return cell.text.startsWith('not reached');
}

// The rows of a table in the order of a column, unknown last either way, and equal ones as they stood.
function inOrder(rows, column, down) {
  const numeric = isNumeric(rows, column), sign = down ? -1 : 1;
  const number = (cell) => (isNotReached(cell) ? Infinity : Number(cell.value));
  const key = (row) => (numeric ? number(row[column]) : row[column].text);
  const unknown = (row) => numeric && row[column].value === '' && !isNotReached(row[column]);
  const known = rows.filter((row) => !unknown(row));
  known.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  return [...known, ...rows.filter(unknown)];
}

function sameRows(expected, actual) {
  return JSON.stringify(expected) === JSON.stringify(actual);
}

// Clicks every heading of every table twice. {complaints, unknown, longest, numeric}: in how many columns something was
// unknown, in how many a wait was not reached, and in how many the order of numbers was not that of their digits.
export async function sortAll(page) {
  const complaints = [];
  let unknown = 0, longest = 0, numeric = 0;
  const tables = await page.evaluate(readTables);
  for (const [number, table] of tables.entries()) {
    for (const [column, head] of table.heads.entries()) {
      if (!head.sorts) continue;
      for (const down of [false, true]) {
        const before = (await page.evaluate(readTables))[number].rows;
        await page.evaluate(([t, c]) => document.querySelectorAll('table.sortable')[t].tHead.rows[0].cells[c]
          .querySelector('button').click(), [number, column]);
        const after = (await page.evaluate(readTables))[number];
        const where = `${table.caption}, ${head.text}, ${down ? 'down' : 'up'}`;
        if (!sameRows(inOrder(before, column, down), after.rows)) complaints.push(`not in order: ${where}`);
        after.heads.forEach((other, place) => {
          const state = place === column ? (down ? 'descending' : 'ascending') : 'none';
          if (other.sorts && other.state !== state) complaints.push(`${other.text} says ${other.state}: ${where}`);
        });
      }
      const values = table.rows.map((row) => row[column].value);
      const known = values.filter((value) => value !== null && value !== '').map(Number);
      unknown += values.includes('') ? 1 : 0;
      longest += table.rows.some((row) => isNotReached(row[column])) ? 1 : 0;
      numeric += JSON.stringify([...known].sort()) === JSON.stringify([...known].sort((a, b) => a - b)) ? 0 : 1;
    }
  }
  return { complaints, unknown, longest, numeric };
}

// Types into every filter the last word of its table's second row, and takes it out again.
export async function filterAll(page) {
  const complaints = [];
  const lines = page.locator('p.filter');
  for (let i = 0; i < await lines.count(); i++) {
    const table = page.locator('table.filterable').nth(i), rows = table.locator('tbody tr');
    const count = await rows.count();
    const word = (await rows.nth(1).locator('th').textContent()).trim().split(/\s+/).pop().toLowerCase();
    const texts = (await rows.allTextContents()).map((text) => text.toLowerCase());
    const expected = texts.filter((text) => text.includes(word)).length;
    const status = lines.nth(i).getByRole('status');
    await lines.nth(i).getByRole('searchbox').fill(word.toUpperCase());
    if (await table.locator('tbody tr:visible').count() !== expected) complaints.push(`“${word}” shows other rows`);
    if ((await status.textContent()).trim() !== `${expected} of ${count}`) complaints.push(`“${word}” counts wrongly`);
    await lines.nth(i).getByRole('searchbox').fill('nothing has this');
    if ((await status.textContent()).trim() !== `0 of ${count}`) complaints.push('none is not counted as 0');
    await lines.nth(i).getByRole('searchbox').fill('');
    if (await table.locator('tbody tr:visible').count() !== count) complaints.push('rows stay away when the filter is empty');
  }
  return complaints;
}

// From the first filter by the keyboard alone: to each heading of its table in turn, and sorting by Enter and space.
export async function sortByKeyboard(page) {
  const complaints = [];
  await page.locator('p.filter input').first().focus();
  const table = (await page.evaluate(readTables))[0];
  const focused = () => page.evaluate(() => {
    const { activeElement: at } = document, style = getComputedStyle(at);
    return { heading: at.closest('th')?.textContent.trim(), state: at.closest('th')?.getAttribute('aria-sort'),
      ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
  });
  for (let i = 0; i < 4 && (await focused()).heading === undefined; i++) await page.keyboard.press('Tab');
  for (const head of table.heads.filter(({ sorts }) => sorts)) {
    const at = await focused();
    if (at.heading !== head.text) complaints.push(`the Tab key leads to ${at.heading} instead of ${head.text}`);
    if (!at.ring) complaints.push(`${head.text} does not show that it has the focus`);
    await page.keyboard.press('Enter');
    if ((await focused()).state !== 'ascending') complaints.push(`Enter does not sort by ${head.text}`);
    await page.keyboard.press('Space');
    if ((await focused()).state !== 'descending') complaints.push(`space does not sort by ${head.text}`);
    await page.keyboard.press('Tab');
  }
  return complaints;
}
