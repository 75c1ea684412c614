// What a chart needs to be read by everyone. Runs inside the page.

// Complaints on the charts of a page: no name, points that do not say what they are, identifiers that stand twice.
export function nameless() {
  const complaints = [];
  for (const chart of document.querySelectorAll('svg.chart')) {
    const where = chart.closest('figure')?.id;
    // What is inside an image cannot be reached: where points are links, the chart is a group of them.
    const role = chart.querySelector('a') === null ? 'img' : 'group';
    if (chart.getAttribute('role') !== role) complaints.push(`${where} is no ${role} to a screen reader`);
    if ((chart.getAttribute('aria-label') ?? '').length < 20) complaints.push(`${where} has no name`);
    const points = chart.querySelectorAll('.tips circle');
    if (points.length === 0) complaints.push(`${where} has no points that say what they are`);
    for (const point of points) {
      const title = point.querySelector('title')?.textContent ?? '';
      if (!/^\S.*[\p{L}\d).%]$/u.test(title)) complaints.push(`${where}: a point says “${title}”`);
    }
  }
  const seen = new Set();
  for (const { id } of document.querySelectorAll('[id]')) {
    if (seen.has(id)) complaints.push(`the identifier ${id} stands twice`);
    seen.add(id);
  }
  return complaints;
}

// Charts of which a narrow screen would cut words off, or not show that it cuts them off: the page says title and remarks,
// above and below what it may have to move sideways.
export function uncaptioned() {
  return [...document.querySelectorAll('svg.chart')].flatMap((chart) => {
    const figure = chart.closest('figure'), frame = chart.closest('.scroll');
    const title = figure?.querySelector('figcaption .chart-title')?.textContent ?? '';
    return [
      ...(title === '' || !chart.getAttribute('aria-label').startsWith(`${title}. `) ? [`${figure?.id} has no title above it`] : []),
      ...(chart.querySelector('text.caption') !== null ? [`${figure?.id} says its title twice`] : []),
      ...(frame === null || getComputedStyle(frame).backgroundAttachment !== 'local, local, scroll, scroll'
        ? [`${figure?.id} does not show that it goes on`] : []),
    ];
  });
}

// The colours of lines, points and areas of every chart with their contrast to the white that they stand on, as
// {chart, kind, colour, contrast}; kind is line, point or area.
export function colours() {
  const found = new Map();
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const add = (chart, kind, colour, opacity) => {
    const numbers = colour.match(/[\d.]+/g)?.map(Number);
    if (numbers === undefined || colour === 'none' || numbers[3] === 0 || opacity === 0) return;
    const [red, green, blue] = numbers.map((value) => 255 - (255 - value) * opacity);
    const luminance = 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
    found.set(`${chart} ${kind} ${colour} ${opacity}`, { chart, kind, colour, contrast: 1.05 / (luminance + 0.05) });
  };
  for (const chart of document.querySelectorAll('svg.chart')) {
    const name = chart.closest('figure').id;
    for (const shape of chart.querySelectorAll('path, polygon, polyline, line, circle, ellipse, rect, use')) {
      if (shape.closest('defs, .tips') !== null) continue;
      const style = getComputedStyle(shape), opacity = Number(style.opacity);
      const point = shape.tagName === 'use' || shape.tagName === 'circle';
      if (point) add(name, 'point', style.color, opacity);
      else add(name, 'line', style.stroke, opacity * Number(style.strokeOpacity));
      if (!point && shape.tagName !== 'path') add(name, 'area', style.fill, opacity * Number(style.fillOpacity));
      if (!point && shape.tagName === 'path' && style.fill !== 'none') add(name, 'area', style.fill, opacity * Number(style.fillOpacity));
    }
  }
  return [...found.values()];
}
