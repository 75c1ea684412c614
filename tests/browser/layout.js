// What a reader would see to be wrong with a page: text beyond the edge, text upon text, text cut off. Both functions run
// inside the page, so each holds all that it uses.

// The visible pieces of text, a line each, as {text, left, top, right, bottom, framed}: framed is what lies in a frame of
// its own that scrolls sideways. Text of closed details, of hidden rows, and meant for screen readers alone is left out.
export function textBoxes() {
  const boxes = [];
  const forScreenReaders = (element) => element.closest('.unseen, .skip, title, script, style, template') !== null ||
    getComputedStyle(element).clipPath !== 'none';
  const framesOf = (element) => {
    const frames = [];
    for (let at = element; at !== null; at = at.parentElement) {
      const { overflowX } = getComputedStyle(at);
      if (at !== document.body && (overflowX === 'auto' || overflowX === 'scroll')) frames.push(at);
    }
    return frames;
  };
  const known = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '') continue;
    if (!known.has(element)) {
      let clipped = false;
      for (let at = element; at !== null && !clipped; at = at.parentElement) clipped = forScreenReaders(at);
      known.set(element, { shown: !clipped && element.checkVisibility({ visibilityProperty: true }), frames: framesOf(element) });
    }
    const { shown, frames } = known.get(element);
    if (!shown) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rectangle of range.getClientRects()) {
      if (rectangle.width < 1 || rectangle.height < 1) continue;
      boxes.push({ text: node.data.trim().slice(0, 60), left: rectangle.left, top: rectangle.top + scrollY,
        right: rectangle.right, bottom: rectangle.bottom + scrollY, framed: frames.length > 0 });
    }
  }
  return boxes;
}

// Text beyond the edges of its chart, or taller or wider than a box that hides what does not fit.
export function cutOffText() {
  const complaints = [];
  for (const text of document.querySelectorAll('svg.chart text')) {
    const inner = text.getBoundingClientRect(), outer = text.closest('svg').getBoundingClientRect();
    if (inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 ||
        inner.bottom > outer.bottom + 1)) {
      complaints.push(`“${text.textContent}” is cut off in ${text.closest('figure')?.id}`);
    }
  }
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (style.overflowX !== 'hidden' || style.clipPath !== 'none' || element.closest('svg') !== null) continue;
    if (element.textContent.trim() !== '' && (element.scrollWidth > element.clientWidth + 1 ||
        element.scrollHeight > element.clientHeight + 1)) {
      complaints.push(`“${element.textContent.trim().slice(0, 60)}” is cut off in its ${element.tagName}`);
    }
  }
  return complaints;
}

// Pieces of text that lie upon each other. A line's box is taller than its letters: the middle 60 % of it counts.
export function overlaps(boxes) {
  const letters = boxes.map((box) => {
    const trim = (box.bottom - box.top) * 0.2;
    return { ...box, top: box.top + trim, bottom: box.bottom - trim };
  }).sort((a, b) => a.top - b.top);
  const complaints = [];
  letters.forEach((box, place) => {
    for (let i = place + 1; i < letters.length && letters[i].top < box.bottom - 1; i++) {
      const other = letters[i];
      if (Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2) {
        complaints.push(`“${box.text}” lies upon “${other.text}” at ${Math.round(box.left)}, ${Math.round(box.top)}`);
      }
    }
  });
  return complaints;
}

export function beyond(boxes, width) {
  return boxes.filter((box) => box.left < -1 || box.right > width + 1)
    .map((box) => `“${box.text}” reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
}

// What tells that a rule meant for something else has caught the whole page: it stands aside, or its text is paler or of
// another size than that of all pages. On a screen wide enough for margins. Runs inside the page.
export function strayPage() {
  const { left, right } = document.body.getBoundingClientRect(), width = document.documentElement.clientWidth;
  const style = getComputedStyle(document.body), all = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(Object.assign(document.createElement('i'), { style: 'color: var(--ink)' }));
  const ink = getComputedStyle(probe).color;
  probe.remove();
  return [
    ...(Math.abs(left - (width - right)) > 1 ? [`it has ${left} at its left and ${width - right} at its right`] : []),
    ...(style.fontSize !== all.fontSize ? [`its text is ${style.fontSize}, not ${all.fontSize}`] : []),
    ...(style.color !== ink ? [`its text is ${style.color}, not ${ink}`] : []),
  ];
}
