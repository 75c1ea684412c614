// Every link of a report, in pages and charts, must lead to a file and an anchor that are there.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ATTRIBUTE = /\s(href|xlink:href|src)\s*=\s*"([^"]*)"/g;

function plain(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
}

export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function anchorsOf(file, known) {
  if (!known.has(file)) {
    known.set(file, new Set([...readFileSync(file, 'utf8').matchAll(/\sid\s*=\s*"([^"]*)"/g)].map((match) => plain(match[1]))));
  }
  return known.get(file);
}

// Complaints on all links of a report. A link out of the report is one too: pages need nothing from elsewhere.
export function deadLinks(report) {
  const complaints = [];
  const anchors = new Map();
  for (const file of filesOf(report).filter((name) => /\.(html|svg)$/.test(name))) {
    const where = path.relative(report, file);
    for (const [, attribute, value] of readFileSync(file, 'utf8').matchAll(ATTRIBUTE)) {
      const link = plain(value);
      if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(link) || attribute === 'src') {
        complaints.push(`${where} asks for ${link}`);
        continue;
      }
      const [to, anchor] = link.split('#');
      const target = to === '' ? file : path.resolve(path.dirname(file), decodeURIComponent(to));
      if (!target.startsWith(path.resolve(report)) || !existsSync(target) || !statSync(target).isFile()) {
        complaints.push(`${where} leads to ${link}, which is not there`);
      } else if (anchor !== undefined && !anchorsOf(target, anchors).has(decodeURIComponent(anchor))) {
        complaints.push(`${where} leads to ${link}, which has no such anchor`);
      }
    }
  }
  return complaints;
}
