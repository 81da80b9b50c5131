// An event with a detail: CustomEvent, which Node 18 lacks.

/** @template T */
export class DetailEvent extends Event {
  /**
   * @param {string} type
   * @param {T} detail
   */
  constructor(type, detail) {
    super(type);
    this.detail = detail;
  }
}
