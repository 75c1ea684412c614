/* A file that is cut short while it is read, or whose disk fails: what is gone of it can't be read, and the system says so
 * with SIGBUS, wherever a thread is. The program says which file it is, takes away what was begun, and fails. */
#ifndef REFERLENS_COMMAND_LOST_PAGE_H
#define REFERLENS_COMMAND_LOST_PAGE_H

/* From here on; call it once, before any file is read. */
void lost_page_handle(void);

#endif
