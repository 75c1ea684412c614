// Reads from a PDF of Chromium's (whose objects lie open, but for the streams) its pages and where its links lead.

const OBJECT = /(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g;

// Object numbers of the pages, in order.
function pagesOf(objects, number) {
  const kids = /\/Kids \[([^\]]*)\]/.exec(objects.get(number));
  if (kids === null) return [number];
  return [...kids[1].matchAll(/(\d+) 0 R/g)].flatMap((kid) => pagesOf(objects, kid[1]));
}

// {pages, height, places}: how many, how tall (in points), and of each anchor that a link leads to {page, below}: its page,
// from 1, and how far below the top edge it lies.
export function readPdf(bytes) {
  const objects = new Map();
  for (const [, number, body] of bytes.toString('latin1').matchAll(OBJECT)) objects.set(number, body);
  const root = [...objects.values()].find((body) => /\/Type \/Catalog/.test(body));
  const pages = pagesOf(objects, /\/Pages (\d+) 0 R/.exec(root)[1]);
  const height = Number(/\/MediaBox \[0 0 [\d.]+ ([\d.]+)\]/.exec(objects.get(pages[0]))[1]);
  const places = new Map();
  const dests = /\/Dests (\d+) 0 R/.exec(root);
  const text = dests === null ? '' : objects.get(dests[1]);
  for (const [, name, page, y] of text.matchAll(/\/(\S+) \[(\d+) 0 R \/XYZ [\d.]+ ([\d.]+) 0\]/g)) {
    places.set(name, { page: pages.indexOf(page) + 1, below: height - Number(y) });
  }
  return { pages: pages.length, height, places };
}
