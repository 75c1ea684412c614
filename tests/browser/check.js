// check.js CHROMIUM SAMPLE EDGE FONTS…: opens the pages of two reports as people do, on a phone, a laptop and A4, and prints
// TAP. SAMPLE is a report with charts and packs; EDGE one of a single practice with hostile names and hardly any data.
// Nothing that is not a file of the report may be asked for. Each FONTS is a configuration named after the fonts that it
// lets the browser see, "DejaVu.conf": layout is checked in all of them, what does not depend on fonts in the first.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { colours, nameless, uncaptioned } from './charts.js';
import { beyond, cutOffText, overlaps, strayPage, textBoxes } from './layout.js';
import { deadLinks, filesOf } from './links.js';
import { readPdf } from './pdf.js';
import { filterAll, sortAll, sortByKeyboard } from './tables.js';
import { check, finish } from './tap.js';

const [executable, sample, edge, ...fontFiles] = process.argv.slice(2).map((name) => path.resolve(name));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1366, height: 768 };
const PAPER = { width: 688, height: 971 }; // A4 less the margins of style.css, at 96 pixels an inch

// Colours that may be paler than 3 to 1, since they bear nothing alone: the grid; areas behind a line, inside an outline or
// between two bars that say how much; the insides of hollow marks. What a pale area says stands beside it as a number.
const MAY_BE_PALE = new Map([
  ['rgb(255, 255, 255)', 'paper and hollow marks'], ['rgb(227, 231, 234)', 'grid'], ['rgb(211, 227, 244)', 'interval, flow'],
  ['rgb(230, 234, 237)', 'flow'], ['rgb(204, 210, 215)', 'flow'], ['rgb(169, 198, 230)', 'between deciles'],
  ['rgb(221, 226, 230)', 'outlined bar'], ['rgb(195, 202, 208)', 'outlined bar'], ['rgb(185, 193, 199)', 'its legend'],
]);

let browser; // the one that sees the fonts at hand

async function launch(fontFile) {
  browser = await chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND', '--disable-background-networking'],
    env: { ...process.env, FONTCONFIG_FILE: fontFile },
  });
}

// A page of a report that was opened, with what went wrong meanwhile; `complaints` grows as long as it is open.
async function open(report, name, viewport, options = {}) {
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(path.join(report, name)).href;
  const complaints = [];
  await context.route('**/*', (route) => {
    const asked = route.request().url();
    if (asked === address) return route.continue();
    complaints.push(`asks for ${asked}`);
    return route.abort();
  });
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { complaints.push(`asks: ${dialog.message()}`); dialog.dismiss(); });
  if (viewport === PAPER) await page.emulateMedia({ media: 'print' });
  await page.goto(address);
  return { page, complaints, close: () => context.close() };
}

// What is wrong with the layout; on paper nothing may lie beyond the edge, elsewhere a frame of its own may scroll.
async function misplaced(page, viewport) {
  const boxes = await page.evaluate(textBoxes);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  return [
    ...(width > viewport.width ? [`the page is ${width} wide`] : []), ...overlaps(boxes),
    ...beyond(viewport === PAPER ? boxes : boxes.filter((box) => !box.framed), viewport.width),
    ...await page.evaluate(cutOffText),
  ];
}

// Families that text of each kind is set in, other than those of the set.
async function otherFonts(fonts) {
  const { page, close } = await open(sample, 'index.html', LAPTOP);
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  const complaints = [];
  for (const selector of ['h1', 'p', '.value', 'svg.chart text']) {
    const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector });
    const used = (await session.send('CSS.getPlatformFontsForNode', { nodeId })).fonts.map(({ familyName }) => familyName);
    if (used.length === 0) complaints.push(`${selector} is set in nothing`);
    complaints.push(...used.filter((family) => !family.startsWith(fonts)).map((family) => `${selector} is set in ${family}`));
  }
  await close();
  return complaints;
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} times, first ${nodes[0].html}`);
}

async function pale(page) {
  return (await page.evaluate(colours)).filter(({ contrast, colour }) => contrast < 3 && !MAY_BE_PALE.has(colour))
    .map(({ chart, kind, colour, contrast }) => `${chart}: ${kind} ${colour} has ${contrast.toFixed(2)} to 1`);
}

// Prints the page; links to all of its sections are put on it before, so that the PDF says where each begins.
async function print(page) {
  await page.evaluate(() => {
    const links = document.createElement('p');
    links.style.cssText = 'position:absolute;top:0;margin:0;font-size:1px;line-height:1px;color:transparent';
    for (const { id } of document.querySelectorAll('main section[id]')) {
      const link = Object.assign(document.createElement('a'), { href: `#${id}`, textContent: '.' });
      links.append(link);
    }
    document.body.append(links);
  });
  return readPdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
}

// A section that the style sheet puts on a new page begins there, and none begins at the very foot of one.
async function badBreaks(page) {
  const wanted = await page.evaluate(() => [...document.querySelectorAll('main section[id]')]
    .map((section) => ({ id: section.id, breaks: getComputedStyle(section).breakBefore === 'page' })));
  const { height, places } = await print(page);
  const complaints = wanted.some(({ breaks }) => breaks) ? [] : ['no section begins a page'];
  for (const { id, breaks } of wanted) {
    const place = places.get(id);
    if (place === undefined) complaints.push(`${id} is not on paper`);
    else if (breaks && place.below > 60) complaints.push(`${id} begins ${Math.round(place.below)} points down page ${place.page}`);
    else if (place.below > height - 110) complaints.push(`${id} begins at the foot of page ${place.page}`);
  }
  return complaints;
}

async function withoutScript(report, name) {
  const opened = await Promise.all([true, false].map((javaScriptEnabled) => open(report, name, LAPTOP, { javaScriptEnabled })));
  const [scripted, plain] = await Promise.all(opened.map(({ page }) => page.evaluate(() => ({
    rows: [...document.querySelectorAll('tr')].filter((row) => row.checkVisibility()).map((row) => row.textContent.trim()),
    buttons: document.querySelectorAll('button, input').length,
  }))));
  await Promise.all(opened.map(({ close }) => close()));
  const complaints = plain.buttons > 0 ? ['there are buttons that do nothing'] : [];
  if (plain.rows.length === 0) complaints.push('there are no rows');
  if (JSON.stringify(plain.rows) !== JSON.stringify(scripted.rows)) complaints.push('the rows are not those with script');
  return complaints;
}

// What depends on the fonts: whether all has its place, on each of the three, and where pages end on paper.
async function checkLayout({ page, viewport, where, name, label, fonts }) {
  await check(`${label} on ${where} in ${fonts}: nothing overflows, overlaps or is cut off`, () => misplaced(page, viewport));
  if (viewport !== PAPER) return;
  if (name === 'brief.html') {
    await check(`${label} in ${fonts} is one page of A4`, async () => {
      const { pages } = await print(page);
      const parted = await page.evaluate(() => [...document.querySelectorAll('main section')]
        .filter((section) => getComputedStyle(section).breakInside !== 'avoid').map((section) => section.textContent.trim().slice(0, 30)));
      return [...(pages === 1 ? [] : [`it is ${pages}`]), ...parted.map((section) => `“${section}” may go on in another column`)];
    });
  } else {
    await check(`${label} in ${fonts} breaks between sections on paper`, () => badBreaks(page));
  }
}

async function checkPage(report, name, label, fonts, layoutOnly) {
  const started = [];
  for (const [viewport, where] of [[PHONE, 'a phone'], [LAPTOP, 'a laptop'], [PAPER, 'A4']]) {
    const { page, complaints, close } = await open(report, name, viewport);
    await checkLayout({ page, viewport, where, name, label, fonts });
    if (!layoutOnly && viewport !== PAPER) {
      await check(`${label} on ${where}: axe finds nothing serious`, () => violations(page));
    }
    if (!layoutOnly && viewport === LAPTOP) {
      await check(`${label}: the page stands in the middle, in the ink and size of all pages`, () => page.evaluate(strayPage));
      await check(`${label}: charts and their points have names, identifiers are unique`, () => page.evaluate(nameless));
      await check(`${label}: charts have their words about them, and show where they go on`, () => page.evaluate(uncaptioned));
      await check(`${label}: marks of charts stand out from the paper`, () => pale(page));
    }
    started.push(...complaints);
    await close();
  }
  if (!layoutOnly) await check(`${label}: no errors, and nothing is asked for`, () => started);
}

// The pages of both reports in the fonts of one set.
async function checkPages(fonts, layoutOnly) {
  await check(`the browser has the fonts ${fonts} and no others`, () => otherFonts(fonts));
  for (const name of ['index.html', 'comparison.html', 'brief.html']) await checkPage(sample, name, name, fonts, layoutOnly);
  for (const pack of filesOf(path.join(sample, 'practices')).filter((file) => file.endsWith('index.html'))) {
    const label = `pack ${path.basename(path.dirname(pack))}`;
    await checkPage(sample, path.relative(sample, pack), label, fonts, layoutOnly);
  }
  for (const file of filesOf(edge).filter((name) => name.endsWith('.html'))) {
    const name = path.relative(edge, file);
    await checkPage(edge, name, `one tiny practice: ${name}`, fonts, layoutOnly);
  }
}

async function checkTables(report) {
  const { page, complaints, close } = await open(report, 'index.html', LAPTOP);
  await check('the overview filters, and says how many rows are left', () => filterAll(page));
  await check('the overview sorts by keyboard, heading by heading', () => sortByKeyboard(page));
  await check('the overview sorts numbers as numbers, with what is unknown last', async () => {
    const sorted = await sortAll(page);
    if (sorted.unknown === 0) sorted.complaints.push('nothing was unknown: this tells nothing');
    if (sorted.longest === 0) sorted.complaints.push('every wait was reached: this tells nothing');
    if (sorted.numeric === 0) sorted.complaints.push('digits gave the same order: this tells nothing');
    return sorted.complaints;
  });
  await check('the overview asks for nothing meanwhile', () => complaints);
  await close();
}

async function funnelsLead(report) {
  const { page, close } = await open(report, 'index.html', LAPTOP);
  const links = await page.evaluate(() => [...document.querySelectorAll('#chart-rejection-funnel .tips a')]
    .map((link) => ({ to: link.getAttribute('href'), says: link.querySelector('title').textContent })));
  await close();
  const complaints = links.length === 0 ? ['no point leads anywhere'] : [];
  for (const { to, says } of links) {
    const code = /^practices\/([^/]+)\/index\.html$/.exec(to)?.[1];
    if (code === undefined || !existsSync(path.join(report, to))) complaints.push(`${says} leads to ${to}`);
    else if (!says.includes(code)) complaints.push(`the point of ${code} says ${says}`);
  }
  return complaints;
}

// What pages do, and where they lead.
async function checkBehaviour() {
  await checkTables(sample);
  for (const name of ['index.html', 'comparison.html']) {
    await check(`${name} is complete without script`, () => withoutScript(sample, name));
  }
  await check('points of the funnels lead to the packs', () => funnelsLead(sample));
  await check('every link leads to something', () => deadLinks(sample));
  await check('one tiny practice: every link leads to something', () => deadLinks(edge));
}

// A page with each fault that the checks look for: they must find all, or their silence means nothing.
async function faultsAreFound() {
  const { page, close } = await open(sample, 'brief.html', PHONE);
  const complaints = [];
  const fault = async (name, html, find) => {
    await page.setContent(`<main><figure id="f">${html}</figure></main>`);
    if ((await find()).length === 0) complaints.push(`not found: ${name}`);
  };
  const chart = (inner) => `<svg class="chart" role="img" aria-label="A chart with a name of its own" viewBox="0 0 100 50">${inner}</svg>`;
  const layout = () => misplaced(page, PHONE);
  await fault('text on text', '<p>One line</p><p style="margin-top:-1.8em">Another line</p>', layout);
  await fault('text on text in a chart', chart('<text x="9" y="20">One</text><text x="14" y="22">Two</text>'), layout);
  await fault('text beyond the edge', '<p style="white-space:nowrap">' + 'wide '.repeat(60), layout);
  await fault('text cut off', '<p style="width:3em;overflow:hidden">Incomprehensibility</p>', layout);
  await fault('text beyond its chart', chart('<text x="80" y="20">Beyond</text>'), layout);
  await fault('a page caught by a rule', '<style>body { margin: 0 0 0 1rem }</style>', () => page.evaluate(strayPage));
  await fault('a page in another size', '<style>body { font-size: .9rem }</style>', () => page.evaluate(strayPage));
  await fault('a pale line', chart('<path d="M0,0L9,9" stroke="rgb(200,200,200)" fill="none"/>'), () => pale(page));
  await fault('a chart without words about it', chart(''), () => page.evaluate(uncaptioned));
  await fault('a point without name', chart('<g class="tips"><circle r="3"/></g>'), () => page.evaluate(nameless));
  await fault('a field without a label', '<input>', () => violations(page));
  await close();
  return complaints;
}

for (const [place, fontFile] of fontFiles.entries()) {
  await launch(fontFile);
  try {
    const isFirst = place === 0;
    if (isFirst) await check('the checks find each fault that they look for', faultsAreFound);
    await checkPages(path.basename(fontFile, '.conf'), !isFirst);
    if (isFirst) await checkBehaviour();
  } finally {
    await browser.close();
  }
}
finish();
