'use strict';
(() => {
  const one = (id) => document.getElementById('kin-' + id);
  const data = JSON.parse(one('data').textContent);
  const { entities, arrows, words } = data;
  const fill = (text, ...parts) => text.replace(/\{(\d)\}/g, (_, place) => parts[place]);
  const stage = one('stage');
  const svg = stage.querySelector('svg');
  const search = one('search');
  const hits = one('hits');
  const depth = one('depth');
  const time = one('time');
  const panel = one('panel');

  // --- The picture's elements, by their places in the data.

  const boxes = new Map();
  const lines = new Map();
  const labels = [...svg.querySelectorAll('g.said')];
  for (const group of svg.querySelectorAll('g.entity')) {
    boxes.set(Number(group.getAttribute('data-box')), group);
  }
  svg.querySelectorAll('g.arrow').forEach((group) => {
    const key = group.getAttribute('data-from') + ' ' + group.getAttribute('data-to');
    if (!lines.has(key)) lines.set(key, []);
    lines.get(key).push(group);
  });
  // Arrows between the same two boxes stand in the same order in the picture and in the data.
  const drawn = arrows.map((arrow) => {
    const left = lines.get(arrow.from + ' ' + arrow.to);
    return left && left.length > 0 ? left.shift() : null;
  });
  const places = new Map(entities.map((entity, place) => [entity.id, place]));
  const outgoing = entities.map(() => []);
  const incoming = entities.map(() => []);
  arrows.forEach((arrow, place) => {
    outgoing[arrow.from].push(place);
    incoming[arrow.to].push(place);
  });

  // --- Time: days since 0000-01-01; a picture without dates has no slider.

  const days = [];
  for (const entity of entities) {
    for (const fact of entity.facts) days.push(fact.since ?? null, fact.until ?? null);
  }
  for (const arrow of arrows) days.push(arrow.since, arrow.until);
  const known = days.filter((day) => day !== null);
  const first = known.reduce((least, day) => Math.min(least, day), Infinity);
  const last = known.reduce((most, day) => Math.max(most, day), -Infinity);
  const hasTime = known.length > 0;
  const EPOCH = 719528;
  const asDate = (day) => {
    const date = new Date((day - EPOCH) * 864e5);
    return Number.isNaN(date.getTime()) ? 'day ' + day : date.toISOString().slice(0, 10);
  };
  const asDay = (text) => {
    const at = Date.parse(text + 'T00:00:00Z');
    return Number.isNaN(at) ? null : Math.round(at / 864e5) + EPOCH;
  };

  // --- What is chosen.

  const state = { entity: null, arrow: null, depth: null, day: null };

  // A statement counts unless its period certainly excludes the day, as in `as of`.
  const holds = (said) => state.day === null
    || ((said.since ?? null) === null || said.since <= state.day)
      && ((said.until ?? null) === null || said.until > state.day);
  // What is there on the day: what the answer has of its own, and what statements that hold join
  // with that.
  let there = entities.map(() => true);
  const reach = () => {
    there = entities.map((entity) => state.day === null || entity.own);
    if (state.day === null) return;
    if (!there.includes(true)) {
      for (const arrow of arrows) if (holds(arrow)) there[arrow.from] = there[arrow.to] = true;
      return;
    }
    const queue = [...there.keys()].filter((place) => there[place]);
    for (let at = 0; at < queue.length; at += 1) {
      for (const place of [...outgoing[queue[at]], ...incoming[queue[at]]]) {
        if (!holds(arrows[place])) continue;
        for (const end of [arrows[place].from, arrows[place].to]) {
          if (there[end]) continue;
          there[end] = true;
          queue.push(end);
        }
      }
    }
  };
  const isThere = (arrow) => holds(arrow) && there[arrow.from] && there[arrow.to];

  // The steps from `start` to everything that arrows lead to one way, shortest first.
  const walk = (start, next, end) => {
    const steps = new Map([[start, 0]]);
    const used = new Set();
    const queue = [start];
    for (let at = 0; at < queue.length; at += 1) {
      const step = steps.get(queue[at]) + 1;
      for (const place of next[queue[at]]) {
        const arrow = arrows[place];
        if (!isThere(arrow) || (state.depth !== null && step > state.depth)) continue;
        used.add(place);
        if (!steps.has(arrow[end])) {
          steps.set(arrow[end], step);
          queue.push(arrow[end]);
        }
      }
    }
    return { steps, used };
  };

  const lit = () => {
    if (state.arrow !== null) {
      const arrow = arrows[state.arrow];
      return { boxes: new Set([arrow.from, arrow.to]), arrows: new Set([state.arrow]) };
    }
    if (state.entity === null) return null;
    const after = walk(state.entity, outgoing, 'to');
    const before = walk(state.entity, incoming, 'from');
    return {
      boxes: new Set([...after.steps.keys(), ...before.steps.keys()]),
      arrows: new Set([...after.used, ...before.used]),
      after: after.steps.size - 1,
      before: before.steps.size - 1,
    };
  };

  // Classes are only touched where they change: pictures may have thousands of elements.
  const CLASSES = ['kin-gone', 'kin-dim', 'kin-chosen'];
  const worn = new Map();
  const wear = (element, ...wanted) => {
    const before = worn.get(element) || [false, false, false];
    CLASSES.forEach((name, place) => {
      if (Boolean(wanted[place]) !== before[place]) element.classList.toggle(name);
    });
    worn.set(element, CLASSES.map((_, place) => Boolean(wanted[place])));
  };

  const show = () => {
    reach();
    const light = lit();
    let shown = 0;
    let said = 0;
    entities.forEach((entity, place) => {
      const isOn = there[place];
      shown += isOn ? 1 : 0;
      const box = boxes.get(place);
      if (!box) return;
      const isChosen = place === state.entity;
      wear(box, !isOn, isOn && light !== null && !light.boxes.has(place), isChosen);
      if (isChosen !== (box.getAttribute('aria-pressed') === 'true')) {
        box.setAttribute('aria-pressed', String(isChosen));
      }
    });
    for (const label of labels) {
      const place = Number(label.getAttribute('data-box'));
      const isOn = there[place];
      wear(label, !isOn, isOn && light !== null && !light.boxes.has(place));
    }
    arrows.forEach((arrow, place) => {
      const isOn = isThere(arrow);
      said += isOn ? 1 : 0;
      const line = drawn[place];
      if (!line) return;
      wear(line, !isOn, isOn && light !== null && !light.arrows.has(place));
    });
    let counts = fill(words.counts, shown, entities.length, said, arrows.length);
    if (light !== null && state.entity !== null) {
      counts += fill(words.around, light.before, light.after);
    }
    one('counts').textContent = counts;
    one('depth-now').textContent = state.depth === null ? words.all : String(state.depth);
    one('time-now').textContent = state.day === null ? words.any_day : asDate(state.day);
    depth.disabled = state.entity === null;
    write();
  };

  // --- The panel. Whatever the data says goes in as text.

  const make = (name, text, into) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (into) into.append(element);
    return element;
  };
  const isSafe = (address) => /^(https?:\/\/|mailto:)/.test(address);
  const cite = (sources, into) => {
    if (sources.length === 0) return;
    const small = make('small', '', into);
    sources.forEach((source, place) => {
      if (place > 0) small.append(', ');
      if (source.address && isSafe(source.address)) {
        const link = make('a', source.name, small);
        link.href = source.address;
        link.target = '_blank';
        link.rel = 'noopener noreferrer';
        link.title = source.title;
      } else {
        make('span', source.name, small).title = source.title;
      }
    });
  };
  const tell = (fact, into) => {
    const item = make('li', fact.text, into);
    if (fact.period) item.append(' (' + fact.period + ')');
    if (fact.note) make('small', fact.note, item);
    cite(fact.sources, item);
  };
  const tellEntity = (entity) => {
    make('h2', entity.name, panel);
    make('p', entity.kind + ' · ' + entity.id, panel);
    if (entity.aliases.length > 0) make('p', words.also + entity.aliases.join(', '), panel);
    cite(entity.sources, panel);
    const list = make('ul', '', panel);
    const holding = entity.facts.filter(holds);
    for (const fact of holding) tell(fact, list);
    if (entity.more > 0) make('p', fill(words.more, entity.more), panel);
    if (holding.length === 0) make('p', words.silent, panel);
  };
  const tellPanel = () => {
    panel.replaceChildren();
    panel.hidden = state.entity === null && state.arrow === null;
    if (state.entity !== null) {
      tellEntity(entities[state.entity]);
    } else if (state.arrow !== null) {
      make('h2', words.statement, panel);
      tell(arrows[state.arrow].fact, make('ul', '', panel));
    }
    panel.scrollTop = 0;
  };

  const choose = (entity, arrow) => {
    state.entity = entity;
    state.arrow = arrow;
    reach();
    if (entity !== null) {
      const depths = [walk(entity, outgoing, 'to'), walk(entity, incoming, 'from')];
      const most = depths.flatMap((found) => [...found.steps.values()]);
      // The last place of the slider means all.
      depth.max = String(Math.max(1, ...most.slice(0, 10000)) + 1);
      depth.value = state.depth === null ? depth.max : String(state.depth);
    }
    tellPanel();
    show();
    adapt();
  };

  // --- The fragment: `#e=slug&steps=2&on=2018-03-01`, to share what is seen.

  let written = '';
  const write = () => {
    const parts = new URLSearchParams();
    if (state.entity !== null) parts.set('e', entities[state.entity].id);
    if (state.depth !== null) parts.set('steps', String(state.depth));
    if (state.day !== null) parts.set('on', asDate(state.day));
    written = '#' + parts.toString();
    if (location.hash === written || (written === '#' && location.hash === '')) return;
    history.replaceState(null, '', written === '#' ? location.pathname + location.search : written);
  };
  const read = () => {
    const parts = new URLSearchParams(location.hash.slice(1));
    const steps = Number.parseInt(parts.get('steps') || '', 10);
    state.depth = steps > 0 ? steps : null;
    const day = hasTime && parts.has('on') ? asDay(parts.get('on')) : null;
    state.day = day === null ? null : Math.min(Math.max(day, first), last);
    time.value = String(state.day === null ? last + 1 : state.day);
    const place = places.get(parts.get('e') || '');
    choose(place === undefined ? null : place, null);
  };
  window.addEventListener('hashchange', () => {
    if (location.hash !== written) read();
  });

  // --- The sliders.

  time.min = hasTime ? String(first) : '0';
  // The last place of the slider means any day.
  time.max = hasTime ? String(last + 1) : '0';
  time.value = time.max;
  one('when').hidden = !hasTime;
  if (!hasTime) one('when').style.display = 'none';
  time.addEventListener('input', () => {
    state.day = Number(time.value) > last ? null : Number(time.value);
    tellPanel();
    show();
  });
  depth.addEventListener('input', () => {
    state.depth = depth.value === depth.max ? null : Number(depth.value);
    show();
  });

  // --- Search: over names, aliases and ids; what begins with the text goes first.

  const fold = (text) => text.normalize('NFKC').toLowerCase().replace(/[\s_-]+/g, ' ').trim();
  const index = [];
  entities.forEach((entity, place) => {
    for (const name of [entity.name, ...entity.aliases, entity.id]) {
      index.push({ place, name, key: fold(name) });
    }
  });
  let found = [];
  let current = -1;
  const look = () => {
    const wanted = fold(search.value);
    const rank = (key) => (key === wanted ? 0 : key.startsWith(wanted) ? 1 : 2);
    const seen = new Set();
    found = wanted === '' ? [] : index
      .filter((entry) => entry.key.includes(wanted))
      .sort((a, b) => rank(a.key) - rank(b.key))
      .filter((entry) => !seen.has(entry.place) && seen.add(entry.place))
      .slice(0, 12);
    current = found.length > 0 ? 0 : -1;
    list();
  };
  const list = () => {
    hits.replaceChildren();
    found.forEach((entry, place) => {
      const item = make('li', entry.name, hits);
      item.id = 'kin-hit-' + place;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', String(place === current));
      const name = entities[entry.place].name;
      make('small', entry.name === name ? '' : ' ' + name, item);
      item.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        take(place);
      });
    });
    const isOpen = found.length > 0;
    hits.hidden = !isOpen;
    search.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) search.setAttribute('aria-activedescendant', 'kin-hit-' + current);
    else search.removeAttribute('aria-activedescendant');
  };
  const take = (place) => {
    const entry = found[place];
    if (!entry) return;
    search.value = entities[entry.place].name;
    found = [];
    list();
    choose(entry.place, null);
    bring(entry.place);
  };
  search.addEventListener('input', look);
  search.addEventListener('blur', () => { found = []; list(); });
  search.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      current = (current + step + found.length) % found.length;
      list();
      event.preventDefault();
    } else if (event.key === 'Enter') {
      take(current);
      event.preventDefault();
    } else if (event.key === 'Escape') {
      search.value = '';
      look();
      stage.focus();
    }
    event.stopPropagation();
  });

  // --- Pan and zoom: the part of the picture that is seen.

  const whole = svg.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const view = { ...all };
  svg.removeAttribute('width');
  svg.removeAttribute('height');
  svg.setAttribute('preserveAspectRatio', 'xMidYMin meet');
  // Letters that nobody could read are not drawn: in a large picture they take most of the time.
  const FAR = 4;
  const place = () => {
    const isFar = scale() > FAR;
    if (isFar !== svg.classList.contains('kin-far')) svg.classList.toggle('kin-far', isFar);
    svg.setAttribute('viewBox', [view.x, view.y, view.width, view.height].join(' '));
  };
  const scale = () => {
    const area = stage.getBoundingClientRect();
    return Math.max(view.width / area.width, view.height / area.height) || 1;
  };
  const fit = () => {
    Object.assign(view, all);
    // A long picture is shown from its top, as wide as it is and not larger than it was made.
    const area = stage.getBoundingClientRect();
    const wide = Math.max(all.width, area.width);
    view.x = all.x - (wide - all.width) / 2;
    view.width = wide;
    view.height = wide * area.height / Math.max(area.width, 1);
    room = area;
    place();
  };
  const zoom = (factor, x, y) => {
    const wide = view.width * factor;
    if (wide < 40 || wide > 40 * Math.max(all.width, all.height)) return;
    const area = stage.getBoundingClientRect();
    const at = new DOMPoint(
      x === undefined ? area.x + area.width / 2 : x,
      y === undefined ? area.y + area.height / 2 : y,
    ).matrixTransform(svg.getScreenCTM().inverse());
    view.x = at.x + (view.x - at.x) * factor;
    view.y = at.y + (view.y - at.y) * factor;
    view.width *= factor;
    view.height *= factor;
    place();
  };
  const move = (x, y) => {
    view.x += x * scale();
    view.y += y * scale();
    place();
  };
  // What is seen keeps its size and its middle when the room for it changes.
  let room = null;
  const adapt = () => {
    const area = stage.getBoundingClientRect();
    const isKnown = room !== null && room.width > 0 && room.height > 0;
    if (isKnown && area.width > 0 && area.height > 0) {
      const wide = view.width * area.width / room.width;
      view.x += (view.width - wide) / 2;
      view.width = wide;
      view.height *= area.height / room.height;
      place();
    }
    room = area;
  };
  new ResizeObserver(adapt).observe(stage);
  // Moves an entity into the middle unless it is seen, and comes near if it is too far to be read.
  const bring = (which) => {
    const box = boxes.get(which);
    if (!box) return;
    if (scale() > FAR) zoom(1 / scale());
    const area = stage.getBoundingClientRect();
    const its = box.getBoundingClientRect();
    const isSeen = its.left >= area.left && its.right <= area.right
      && its.top >= area.top && its.bottom <= area.bottom;
    if (isSeen) return;
    const left = Math.max(its.left, Math.min(its.right, area.left + area.width / 2));
    const x = its.width > area.width ? its.left - 60 + area.width / 2 : (its.left + its.right) / 2;
    move(Math.min(x, left + area.width) - (area.left + area.width / 2),
      (its.top + its.bottom) / 2 - (area.top + area.height / 2));
  };
  stage.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * 0.0025), event.clientX, event.clientY);
  }, { passive: false });

  const pointers = new Map();
  let moved = 0;
  const apart = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  window.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const wide = pointers.size === 2 ? apart() : 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved += Math.hypot(event.clientX - before.x, event.clientY - before.y);
    if (pointers.size === 2 && wide > 0) {
      zoom(wide / Math.max(apart(), 1));
    } else if (moved > 3) {
      stage.classList.add('kin-drags');
      move(before.x - event.clientX, before.y - event.clientY);
    }
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    stage.classList.remove('kin-drags');
  };
  window.addEventListener('pointerup', release);
  window.addEventListener('pointercancel', release);
  stage.addEventListener('dragstart', (event) => event.preventDefault());

  // --- Choice by click or key.

  const chosenAt = (target) => {
    const box = target.closest('g.entity');
    if (box) return choose(Number(box.getAttribute('data-box')), null);
    const line = target.closest('g.arrow');
    const which = line ? drawn.indexOf(line) : -1;
    return which >= 0 ? choose(null, which) : choose(null, null);
  };
  stage.addEventListener('click', (event) => {
    // In the picture a link chooses; the panel has the links.
    event.preventDefault();
    if (moved <= 3) chosenAt(event.target);
  });
  for (const [which, box] of boxes) {
    box.setAttribute('tabindex', '0');
    box.setAttribute('role', 'button');
    box.setAttribute('aria-pressed', 'false');
    box.setAttribute('aria-label', entities[which].name + ', ' + entities[which].kind);
  }
  for (const link of svg.querySelectorAll('a')) link.setAttribute('tabindex', '-1');
  const clear = () => {
    search.value = '';
    state.depth = null;
    state.day = null;
    time.value = time.max;
    choose(null, null);
  };
  const keys = new Map([
    ['+', () => zoom(0.8)],
    ['=', () => zoom(0.8)],
    ['-', () => zoom(1.25)],
    ['0', fit],
    ['ArrowLeft', () => move(-60, 0)],
    ['ArrowRight', () => move(60, 0)],
    ['ArrowUp', () => move(0, -60)],
    ['ArrowDown', () => move(0, 60)],
    ['/', () => search.focus()],
    ['Escape', clear],
  ]);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isField = event.target.closest && event.target.closest('input, button, a[href], aside');
    if (isField && event.key !== 'Escape' && event.key !== '/') return;
    const box = event.target.closest ? event.target.closest('g.entity') : null;
    if (box && (event.key === 'Enter' || event.key === ' ')) {
      chosenAt(box);
      event.preventDefault();
      return;
    }
    const act = keys.get(event.key);
    if (act) {
      act();
      event.preventDefault();
    }
  });
  one('in').addEventListener('click', () => zoom(0.8));
  one('out').addEventListener('click', () => zoom(1.25));
  one('fit').addEventListener('click', fit);
  one('clear').addEventListener('click', clear);

  svg.setAttribute('role', 'group');
  fit();
  read();
  if (state.entity !== null) bring(state.entity);
})();
