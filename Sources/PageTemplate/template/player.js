'use strict';
{
  const element = id => document.getElementById(id);
  const recording = JSON.parse(element('recording').textContent);
  const ATTRIBUTES = ['bold', 'reverse', 'underline'];
  const SPEEDS = recording.speeds.map(speed => speed.rate);
  const stepCount = recording.items.length;

  // What is played, unpacked. A frame holds its rows; rows that two frames have in common are the
  // same array, so painting compares nothing but references.

  const blank = { text: ' ', role: 0, attributes: 0, columns: 1 };
  const cells = new Map();
  const cell = (text, role, attributes, columns) => {
    const key = `${text}${role},${attributes},${columns}`;
    if (!cells.has(key)) cells.set(key, { text, role, attributes, columns });
    return cells.get(key);
  };

  // A run of styles is written as count, attributes (A to G), W for wide glyphs, role (a to l).
  function patched(row, column, text, styles) {
    const result = row.slice();
    const glyphs = Array.from(text);
    let next = 0;
    for (const [, count, attributes, wide, role] of styles.matchAll(/(\d*)([A-G]?)(W?)([a-z])/g)) {
      const bits = attributes ? attributes.charCodeAt(0) - 64 : 0;
      for (let left = count === '' ? 1 : Number(count); left > 0; left--) {
        result[column++] = cell(glyphs[next++], role.charCodeAt(0) - 97, bits, wide ? 2 : 1);
        if (wide) result[column++] = null;
      }
    }
    return result;
  }

  function unpacked(film) {
    let rows = Array(recording.rows).fill(Array(recording.columns).fill(blank));
    let [time, step] = [0, 0];
    const frames = film.frames.map(([wait, steps, ...changes]) => {
      time += wait;
      step += steps;
      if (changes.length > 0) rows = rows.slice();
      for (let at = 0; at < changes.length; at += 4) {
        const row = changes[at];
        rows[row] = patched(rows[row], changes[at + 1], changes[at + 2], changes[at + 3]);
      }
      return { time, step, rows };
    });
    const firsts = [];
    frames.forEach((frame, index) => { firsts[frame.step] ??= index; });
    return { ...film, frames, firsts };
  }

  const films = recording.films.slice();
  const filmOf = language => {
    if (!films[language].firsts) films[language] = unpacked(films[language]);
    return films[language];
  };

  // Where the viewer is.

  let language = 0;
  let film = filmOf(language);
  let index = 0;
  let speed = SPEEDS.indexOf(1);
  let playing = false;
  let clock = 0;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  const step = () => film.frames[index].step;
  const lastFrame = of => (film.firsts[of + 1] ?? film.frames.length) - 1;
  const chapter = of => recording.chapters.findLastIndex(first => first <= of);

  // The picture: lines of runs that look alike. Fonts differ in the width of what is beyond Latin-1: a
  // glyph that is not as wide as its cell gets a box of that width.

  const picture = element('picture');
  picture.replaceChildren(...Array.from({ length: recording.rows }, () => document.createElement('div')));
  picture.style.setProperty('--columns', recording.columns);
  const lines = Array.from(picture.children);
  const shown = [];

  const isBlank = glyph => glyph.text === ' ' && (glyph.attributes & 6) === 0;
  const pen = document.createElement('canvas').getContext('2d');
  const fonts = ['400', '700'].map(weight => `${weight} 100px ${getComputedStyle(picture).fontFamily}`);
  const width = (text, font) => {
    pen.font = font;
    return pen.measureText(text).width;
  };
  const fitting = new Map();
  const fits = text => {
    if (!fitting.has(text)) fitting.set(text, fonts.every(font => Math.abs(width(text, font) - width('0', font)) < .05));
    return fitting.get(text);
  };
  const isPlain = glyph => glyph.columns === 1 && (glyph.text < '\u0100' || fits(glyph.text));
  const isAlike = (a, b) => a.role === b.role && a.attributes === b.attributes && a.columns === b.columns
    && (isPlain(a) ? isPlain(b) : a.columns === 2 || a.text === b.text);
  // A blank has no colour of its own: it joins whatever stands beside it.
  const takesBlanks = glyph => isPlain(glyph) && (glyph.attributes & 6) === 0;
  const isJoined = (a, b) => isAlike(a, b) || (isBlank(a) && takesBlanks(b)) || (isBlank(b) && takesBlanks(a));

  function run(text, glyph, columns) {
    if (glyph.role === 0 && glyph.attributes === 0 && isPlain(glyph)) return document.createTextNode(text);
    const span = document.createElement('b');
    span.className = [recording.roles[glyph.role], ...ATTRIBUTES.filter((_, bit) => glyph.attributes >> bit & 1)].join(' ');
    span.textContent = text;
    if (!isPlain(glyph)) {
      span.classList.add('glyphs');
      if (glyph.columns === 2) span.classList.add('wide');
      span.style.width = `${columns}ch`;
    }
    return span;
  }

  function runs(row) {
    const nodes = [];
    let end = row.length;
    while (end > 0 && (row[end - 1] === null ? false : isBlank(row[end - 1]))) end--;
    for (let start = 0, next; start < end; start = next) {
      let [look, text] = [row[start], ''];
      for (next = start; next < end && isJoined(look, row[next]); next += row[next].columns) {
        if (isBlank(look)) look = row[next];
        text += row[next].text;
      }
      nodes.push(run(text, look, next - start));
    }
    return nodes;
  }

  // The title line says how it is played. In the recorded frames nothing plays.
  function withStatus(row) {
    const texts = recording.speeds[speed];
    const status = (playing ? texts.playing : texts.paused)?.[language];
    if (!status || (!playing && SPEEDS[speed] === 1)) return row;
    const isWide = glyph => glyph >= '\u2e80';
    const cells = Array.from(status).flatMap(glyph =>
      isWide(glyph) ? [cell(glyph, 0, 0, 2), null] : [cell(glyph, 0, 0, 1)]);
    return row.slice(0, -cells.length).concat(cells);
  }

  function paint() {
    film.frames[index].rows.forEach((recorded, y) => {
      const row = y === 0 ? withStatus(recorded) : recorded;
      if (shown[y] === row) return;
      lines[y].replaceChildren(...runs(row));
      shown[y] = row;
    });
  }

  // What stands around the picture.

  const clockText = milliseconds => {
    const seconds = Math.floor(milliseconds / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const label = (id, text) => {
    element(id).setAttribute('aria-label', text);
    if (element(id).localName === 'button') element(id).title = text;
  };
  let told = -1;

  function tell() {
    const here = step();
    if (told === here) return;
    told = here;
    element('what').textContent = film.what[here];
    const narration = element('narration');
    narration.replaceChildren(film.narration[here][0]);
    if (film.narration[here][1]) {
      const source = document.createElement('cite');
      source.textContent = film.narration[here][1];
      narration.append(source);
    }
    element('scrub').value = here;
    element('stepBack').disabled = element('chapterBack').disabled = here === 0;
    element('stepOn').disabled = element('chapterOn').disabled = here === stepCount - 1;
    const current = chapter(here);
    chapterButtons.forEach((button, number) => {
      if (number === current) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
    });
  }

  function show() {
    paint();
    tell();
    const place = film.words.place.replace('{0}', recording.first + step())
      .replace('{1}', recording.first + stepCount - 1);
    const time = `${clockText(film.frames[index].time)} / ${clockText(film.end)}`;
    element('place').textContent = `${place}   ${time}`;
    element('scrub').setAttribute('aria-valuetext', `${place}, ${time}`);
    element('speed').textContent = SPEEDS[speed] + film.words.times;
    element('play').classList.toggle('playing', playing);
    label('play', playing ? film.words.pause : film.words.play);
  }

  const chapterButtons = recording.chapters.map(first => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.addEventListener('click', () => rest(first));
    item.append(button);
    element('chapters').firstElementChild.append(item);
    return button;
  });
  element('chapters').hidden = recording.chapters.length === 0;

  function speak(wanted) {
    const here = step();
    language = wanted;
    film = filmOf(language);
    told = -1;
    document.documentElement.lang = film.language;
    document.title = film.title;
    element('title').textContent = film.title;
    element('name').textContent = film.name;
    for (const id of ['frame', 'controls', 'chapters', 'scrub', 'chapterBack', 'stepBack', 'stepOn', 'chapterOn', 'slower', 'faster']) label(id, film.words[id]);
    chapterButtons.forEach((button, number) => { button.textContent = film.chapters[number]; });
    element('keys').firstElementChild.textContent = film.words.keys;
    element('keys').lastElementChild.replaceChildren(...film.keys.flatMap(([key, what]) => {
      const [term, meaning] = [document.createElement('dt'), document.createElement('dd')];
      [term.textContent, meaning.textContent] = [key, what];
      return [term, meaning];
    }));
    const other = films[(language + 1) % films.length];
    element('language').hidden = films.length < 2;
    element('language').textContent = other.words.self;
    element('language').lang = other.language;
    shown.length = 0;
    go(lastFrame(here));
  }

  // Moving about.

  function go(wanted) {
    index = Math.max(0, Math.min(film.frames.length - 1, wanted));
    clock = film.frames[index].time;
    show();
  }

  // At rest a step is shown as it looks when its motion is over.
  function rest(wanted) {
    playing = false;
    go(lastFrame(Math.max(0, Math.min(stepCount - 1, wanted))));
  }

  function frameBy(count) {
    playing = false;
    go(index + count);
  }

  function operationAhead() {
    const end = of => { let at = of; while (at + 1 < stepCount && recording.items[at + 1] === recording.items[of]) at++; return at; };
    const here = end(step());
    return here > step() ? here : end(Math.min(stepCount - 1, here + 1));
  }
  const operationBehind = () => Math.max(0, recording.items[step()] - 1);
  const chapterAhead = () => recording.chapters.find(first => first > step()) ?? stepCount - 1;
  const chapterBehind = () => recording.chapters.findLast(first => first < step()) ?? 0;

  function setSpeed(wanted) {
    speed = Math.max(0, Math.min(SPEEDS.length - 1, wanted));
    show();
  }

  let before = null;

  function tick(now) {
    if (!playing) return;
    clock += (now - (before ?? now)) * SPEEDS[speed];
    before = now;
    if (clock >= film.end) {
      playing = false;
      index = film.frames.length - 1;
      return show();
    }
    let reached = index;
    while (reached + 1 < film.frames.length && film.frames[reached + 1].time <= clock) reached++;
    index = calm.matches ? lastFrame(film.frames[reached].step) : reached;
    show();
    requestAnimationFrame(tick);
  }

  function toggle() {
    playing = !playing;
    before = null;
    if (!playing) return rest(step());
    if (index === film.frames.length - 1) {
      index = 0;
      clock = 0;
    } else if (index === lastFrame(step())) {
      // One has looked at this step long enough.
      clock = Math.max(clock, film.frames[index + 1].time - 300);
    }
    show();
    requestAnimationFrame(tick);
  }

  function restart() {
    const wasPlaying = playing;
    rest(0);
    if (wasPlaying) toggle();
  }

  const keys = {
    ' ': toggle,
    ArrowRight: () => rest(step() + 1), n: () => rest(step() + 1),
    ArrowLeft: () => rest(step() - 1), b: () => rest(step() - 1),
    ArrowDown: () => rest(operationAhead()), ArrowUp: () => rest(operationBehind()),
    '.': () => frameBy(1), ',': () => frameBy(-1),
    ']': () => rest(chapterAhead()), '[': () => rest(chapterBehind()),
    Home: () => rest(0), g: () => rest(0), End: () => rest(stepCount - 1), G: () => rest(stepCount - 1),
    '+': () => setSpeed(speed + 1), '-': () => setSpeed(speed - 1), '=': () => setSpeed(SPEEDS.indexOf(1)),
    r: restart,
    L: () => speak((language + 1) % films.length),
    '?': () => { element('keys').open = !element('keys').open; },
  };
  for (let digit = 0; digit <= 9; digit++) {
    keys[digit] = () => rest(Math.floor((stepCount - 1) * digit / 10));
  }

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const own = event.target.localName;
    if (event.key === ' ' && (own === 'button' || own === 'summary')) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  const buttons = {
    play: toggle, stepBack: keys.ArrowLeft, stepOn: keys.ArrowRight, chapterBack: keys['['],
    chapterOn: keys[']'], slower: keys['-'], faster: keys['+'], language: keys.L,
  };
  for (const [id, action] of Object.entries(buttons)) element(id).addEventListener('click', action);
  element('scrub').addEventListener('input', event => rest(Number(event.target.value)));

  speak(0);
}
