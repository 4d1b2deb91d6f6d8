// The state of the page, and what follows from it.

import { about, percent } from './dom.js';

const ActivePhases = ['planned', 'canary', 'gradual', 'majority', 'paused'];
const Day = 86400000;

const key = name => name.toLowerCase();

export class Model {
  #flags = new Map();
  #children = new Map();
  #called = [];
  status = null;

  get flags() { return [...this.#flags.values()]; }

  get mayWrite() { return this.status?.mayWrite ?? false; }

  /** A separate right: people on call may shut a flag down without a right to change it. */
  get mayShutDown() { return this.status?.mayShutDown ?? false; }

  setFlags(flags) {
    this.#flags = new Map(flags.map(flag => [key(flag.name), flag]));
    this.#index();
  }

  setFlag(flag) {
    this.#flags.set(key(flag.name), flag);
    this.#index();
  }

  #index() {
    this.#called = this.flags.filter(flag => this.isEmergencyFlag(flag) && flag.enabled);
    this.#children = Map.groupBy(this.#flags.values(), flag => this.#parentKey(flag));
  }

  #parentKey(flag) {
    if (this.find(flag.parent)) return key(flag.parent);
    return '';
  }

  find(name) {
    if (!name) return undefined;
    return this.#flags.get(key(name));
  }

  /** The children of a flag; without a flag, the flags without a parent. */
  children(flag) { return this.#children.get(key(flag?.name ?? '')) ?? []; }

  /** Whether the flag itself is in emergency. */
  inEmergency(flag) { return flag.state === 'emergency_off'; }

  isEmergencyFlag(flag) { return flag.priority !== undefined && flag.priority !== null; }

  /** The active rollout of a flag. */
  rolling(flag) {
    if (ActivePhases.includes(flag.rollout?.phase)) return flag.rollout;
    return undefined;
  }

  /** The emergency flag that is on and stops a flag. */
  stoppedBy(flag) {
    return this.#called.find(other => other !== flag && below(flag, other));
  }

  #ancestorInEmergency(flag) {
    for (let above = this.find(flag.parent), i = 0; above && i < 1000; above = this.find(above.parent), i++)
      if (this.inEmergency(above)) return above;
    return undefined;
  }

  /** The enabled flags that a kill stops. */
  stops(flag) {
    const stopped = new Set();
    const add = one => {
      if (stopped.has(one)) return;
      stopped.add(one);
      this.children(one).forEach(add);
    };
    if (this.isEmergencyFlag(flag)) this.flags.filter(other => other !== flag && below(other, flag)).forEach(add);
    else add(flag);
    return [...stopped].filter(one => one.enabled);
  }

  /** Why a flag is on or off, in one sentence. */
  why(flag) {
    if (flag.fault) return flag.fault;
    return this.#whyOff(flag) ?? this.#whyOn(flag);
  }

  #whyOff(flag) {
    if (this.inEmergency(flag)) {
      if (flag.emergency) return `Emergency: ${flag.emergency.reason}`;
      return 'Emergency, set by configuration';
    }
    const ancestor = this.#ancestorInEmergency(flag);
    if (ancestor) return `Off: ${ancestor.name} is in emergency`;
    const stopper = this.stoppedBy(flag);
    if (stopper) return `Off: emergency flag ${stopper.name} is on`;
    if (flag.state === 'disabled') {
      if (this.isEmergencyFlag(flag)) return `Not called${this.#movement(flag)}`;
      return `Disabled${this.#movement(flag)}`;
    }
    const parent = this.find(flag.parent);
    if (parent && !parent.enabled) return `Off: parent ${parent.name} is off`;
    return null;
  }

  #whyOn(flag) {
    if (this.isEmergencyFlag(flag) && flag.enabled) {
      if (flag.emergency) return `Called: ${flag.emergency.reason}`;
      return 'On: stops every flag of lower priority';
    }
    const parent = this.find(flag.parent);
    let condition = '';
    if (parent) condition = `, where ${parent.name} is on`;
    return this.#reached(flag) + condition + this.#movement(flag);
  }

  /** How a rollout moves the percentage, or why it does not. */
  #movement(flag) {
    const { phase, targetPercentage: target, isOnHold, endedAt, reason } = flag.rollout ?? {};
    if (phase?.startsWith('roll')) {
      if (Date.now() - new Date(endedAt ?? Date.now()) < Day) return `; rolled back: ${reason}`;
      return '';
    }
    if (!this.rolling(flag)) return '';
    if (phase === 'planned') return ', rollout planned';
    if (phase === 'paused') return ', rollout paused';
    if (isOnHold) return ', rollout on hold';
    return `, rolling out to ${percent(target)}`;
  }

  #reached(flag) {
    if (flag.state === 'enabled' || (isFraction(flag) && flag.percentage >= 100)) return 'On for everybody';
    if (flag.state === 'development') {
      if (flag.enabled) return 'On, in development';
      return 'Off outside development';
    }
    const listed = flag.whitelistCount + flag.groupsCount;
    if (flag.percentage > 0 && listed) return `On for ${this.written(flag, flag.percentage)} and ${listed} listed`;
    if (flag.percentage > 0) return `On for ${this.written(flag, flag.percentage)}`;
    if (listed) return `On for none and ${listed} listed`;
    return 'On for nobody';
  }

  /** A percentage of a flag: exact, or rounded while a rollout moves it. */
  written(flag, value) {
    if (this.rolling(flag)) return about(value);
    return percent(value);
  }

  /** The percentage of users that a flag's own state turns it on for, 0 to 100. */
  reach(flag) {
    if (isFraction(flag)) return flag.percentage;
    if (flag.state === 'enabled') return 100;
    return 0;
  }

  /** The percentage of users that can have a flag, 0 to 100, without its parent's own percentage. */
  percentage(flag) {
    if (!flag.enabled) return 0;
    if (isFraction(flag)) return flag.percentage;
    return 100;
  }
}

const isFraction = flag => flag.state === 'canary' || flag.state === 'rollout';

// A smaller number is a higher priority; no number is the lowest.
const below = (flag, emergencyFlag) => (flag.priority ?? Infinity) > emergencyFlag.priority;
